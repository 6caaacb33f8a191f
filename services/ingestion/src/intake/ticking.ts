import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '@quantrac/service';
import type { Logger } from 'pino';

export interface Ticks {
  /** The clock is looked at; undefined: somebody else drives it. */
  readonly tick?: () => Promise<void>;
  /** Before it the clock is not looked at. */
  readonly caughtUp: Promise<void>;
  readonly seen: () => Promise<void>;
  readonly restore: () => Promise<void>;
  /** What another instance committed and did not finish. */
  readonly finishResting: () => Promise<void>;
}

const TICK_MS = 1000;
const SEEN_EVERY_MS = 20_000;
const RESTORE_EVERY_MS = 5000;
const FINISH_EVERY_MS = 4000;

/** What intake does by and by, each never twice at once; what fails is tried again at its next turn. */
export function ticking({ tick, caughtUp, seen, restore, finishResting }: Ticks, log: Logger): Running {
  const warn = (text: string) => (error: unknown) => log.warn({ error }, text);
  const loops = [
    every(SEEN_EVERY_MS, seen, warn('the node could not note that it is there')),
    every(RESTORE_EVERY_MS, restore, warn('the reserve could not be made')),
    every(FINISH_EVERY_MS, finishResting, warn('what others left to do could not be done')),
  ];
  if (tick) loops.push(every(TICK_MS, tick, warn('the clock could not be told'), caughtUp));
  return { stop: async () => void (await Promise.all(loops.map((stop) => stop()))) };
}

/** When it may, then again so long after each end; answers how to stop. */
function every(
  ms: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
  mayBegin: Promise<void> = Promise.resolve(),
): () => Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const loop = (async () => {
    await Promise.race([mayBegin, stopped]);
    while (!stopping.signal.aborted) {
      await work().catch(failed);
      await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return async () => {
    stopping.abort();
    await loop;
  };
}
