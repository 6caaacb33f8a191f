/** So many bytes may be in memory at once; one who needs more than all of them waits until nobody has any. */
export interface ByteAllowance {
  /** Resolves when they may be taken, with how to give them back. */
  take(bytes: number): Promise<() => void>;
}

export const byteAllowance = (most: number): ByteAllowance => {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    async take(bytes) {
      while (taken > 0 && taken + bytes > most) await new Promise<void>((resolve) => waiting.push(resolve));
      taken += bytes;
      return () => {
        taken -= bytes;
        for (const wake of waiting.splice(0)) wake();
      };
    },
  };
};
