import type { Logger } from 'pino';

/**
 * Listens from now on: resolves at the first signal, or when the process that started this one and talks to it is gone. Ctrl-C reaches a
 * whole group, and starters pass it on, so more signals change nothing.
 */
export function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    if (process.connected) process.once('disconnect', () => resolve());
  });
}

/** Nobody listens any more, so that the process can end. */
export function letGo(): void {
  if (process.connected) process.disconnect();
}

export interface CutOptions {
  readonly told: Promise<void>;
  readonly withinMs: number;
  /** What has not ended yet. */
  readonly left: () => readonly string[];
  readonly log: Logger;
}

/** Nobody may wait longer for the end of the process: what is left then is said, and found again by its successor as after a crash. */
export async function cutAfter({ told, withinMs, left, log }: CutOptions): Promise<void> {
  await told;
  const cut = () => {
    log.error({ left: left(), withinMs }, 'the end took too long and was cut');
    process.exit(1);
  };
  setTimeout(cut, withinMs).unref();
}
