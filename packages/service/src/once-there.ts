import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';

const AGAIN_MS = 1000;
const TOLD_EVERY = 10;

/** Who is told that a server is waited for. */
export interface Waiting {
  readonly log: Logger;
  readonly onWaiting?: ((reason: string) => void) | undefined;
}

/** A server that is away is waited for, for ever; whatever else is wrong is thrown. */
export async function onceThere<Answer>(ask: () => Promise<Answer>, { log, onWaiting }: Waiting): Promise<Answer> {
  for (let attempt = 0; ; attempt++)
    try {
      return await ask();
    } catch (error) {
      if (!isFault(error) || error.kind !== 'unavailable') throw error;
      onWaiting?.(error.message);
      if (attempt % TOLD_EVERY === 0) log.warn({ reason: error.message }, 'waiting for a server');
      await sleep(AGAIN_MS);
    }
}
