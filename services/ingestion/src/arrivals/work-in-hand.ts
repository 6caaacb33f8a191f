/** Jobs that run a few at once, in the order in which they came. */
export interface WorkInHand {
  /** A job that rejects is a bug. */
  add(job: () => Promise<void>): void;
  isIdle(): boolean;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** Drops what has not begun, and takes no more. */
  stop(): void;
}

export const workInHand = (most: number): WorkInHand => {
  const jobs: (() => Promise<void>)[] = [];
  let waiting: (() => void)[] = [];
  let running = 0;
  let stopped = false;

  const begin = (): void => {
    for (; running < most && jobs.length > 0; running++) void jobs.shift()!().then(ended);
    if (running > 0) return;
    for (const tell of waiting) tell();
    waiting = [];
  };
  const ended = (): void => {
    running--;
    begin();
  };
  return {
    add(job) {
      if (stopped) return;
      jobs.push(job);
      begin();
    },
    isIdle: () => running === 0,
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    stop() {
      stopped = true;
      jobs.length = 0;
    },
  };
};
