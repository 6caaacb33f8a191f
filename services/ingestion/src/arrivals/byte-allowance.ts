/** So many bytes may be in memory at once; what is more than all of them may when nothing else is. */
export interface ByteAllowance {
  /** False: not now. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

export const byteAllowance = (most: number): ByteAllowance => {
  let taken = 0;
  return {
    take(bytes) {
      if (taken > 0 && taken + bytes > most) return false;
      taken += bytes;
      return true;
    },
    giveBack(bytes) {
      taken -= bytes;
    },
  };
};
