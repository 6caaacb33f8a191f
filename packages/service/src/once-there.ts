import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';

const AGAIN_MS = 1000;
const TOLD_EVERY = 10;

/** A server that is away is waited for, for ever; whatever else is wrong is thrown. */
export async function onceThere<Answer>(ask: () => Promise<Answer>, log: Logger): Promise<Answer> {
  for (let attempt = 0; ; attempt++)
    try {
      return await ask();
    } catch (error) {
      if (!isFault(error) || error.kind !== 'unavailable') throw error;
      if (attempt % TOLD_EVERY === 0) log.warn({ reason: error.message }, 'waiting for a server');
      await sleep(AGAIN_MS);
    }
}
