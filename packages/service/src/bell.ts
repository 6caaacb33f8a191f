/** Wakes who waits for news, and who has looked before the news came. */
export interface Bell {
  /** How often it has rung: to be read before looking. */
  readonly rung: () => number;
  ring(): void;
  /** Resolves at the next ring after the one that was counted, or after so long. */
  wait(since: number, ms: number): Promise<void>;
}

export function newBell(): Bell {
  const waiting = new Set<() => void>();
  let rung = 0;
  return {
    rung: () => rung,
    ring() {
      rung++;
      for (const wake of waiting) wake();
    },
    wait(since, ms) {
      if (rung !== since) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
      });
    },
  };
}
