import type { Running } from '@quantrac/service';
import type { Logger } from 'pino';

export interface Ticks {
  /** The clock is looked at; undefined: somebody else drives it. */
  readonly tick?: () => Promise<void>;
  readonly seen: () => Promise<void>;
  readonly restore: () => Promise<void>;
}

const TICK_MS = 1000;
const SEEN_EVERY_MS = 20_000;
const RESTORE_EVERY_MS = 5000;

/** What intake does by and by, each never twice at once; what fails is tried again at its next turn. */
export function ticking({ tick, seen, restore }: Ticks, log: Logger): Running {
  const loops = [
    ...(tick ? [every(TICK_MS, tick, (error) => log.warn({ error }, 'the clock could not be told'))] : []),
    every(SEEN_EVERY_MS, seen, (error) => log.warn({ error }, 'the node could not note that it is there')),
    every(RESTORE_EVERY_MS, restore, (error) => log.warn({ error }, 'the reserve could not be made')),
  ];
  return { stop: async () => void (await Promise.all(loops.map((stop) => stop()))) };
}

/** At once, then again so long after each end; answers how to stop. */
function every(ms: number, work: () => Promise<void>, failed: (error: unknown) => void): () => Promise<void> {
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await work().catch(failed);
      let timer: NodeJS.Timeout | undefined;
      const rested = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([rested, stopping.promise]);
      clearTimeout(timer);
    }
  })();
  return async () => {
    stopped = true;
    stopping.resolve();
    await loop;
  };
}
