import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import type { Answer, Arrival, Credentials, Receive } from '../arrival.ts';

export const silent = pino({ level: 'silent' });

export interface Recorder {
  readonly receive: Receive;
  readonly arrivals: readonly Arrival[];
  /** The path and text of each arrival, in order. */
  readonly files: () => readonly (readonly [path: string, text: string])[];
  /** What the next arrivals are answered; accepted unless set. */
  answer: (arrival: Arrival) => Promise<Answer> | Answer;
}

export const recorder = (): Recorder => {
  const arrivals: Arrival[] = [];
  const self: Recorder = {
    arrivals,
    files: () => arrivals.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
    answer: () => ({ outcome: 'accepted', receipt: `R${arrivals.length}` }),
    async receive(arrival) {
      arrivals.push(arrival);
      return self.answer(arrival);
    },
  };
  return self;
};

/** One account, `logger` with the password `secret`. */
export const oneAccount: Credentials = {
  check: async (account, password) =>
    account === 'logger' && password === 'secret' ? { ok: true, account } : { ok: false },
};

/** Removed again when `work` is done. */
export const inTemporaryFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'arrivals-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const until = async (holds: () => boolean, withinMs = 5_000): Promise<void> => {
  for (const end = performance.now() + withinMs; !holds(); await delay(5))
    if (performance.now() > end) throw new Error(`did not hold within ${withinMs} ms: ${holds}`);
};
