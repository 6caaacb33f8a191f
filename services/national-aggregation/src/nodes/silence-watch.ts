import type { Handled } from '@quantrac/event-sourcing';
import type { Running } from '@quantrac/service';
import { type Silence, type SilenceCommand, type SilenceEvent, silenceStream } from '../domain/silence.ts';
import type { NodeBook } from './node-book.ts';

export interface SilenceWatchContext {
  readonly book: NodeBook;
  readonly clock: () => number;
  readonly silentAfterMs: number;
  readonly handle: (
    stream: string,
    command: SilenceCommand,
    options: { commandId: string; metadata: Record<string, string> },
  ) => Promise<Handled<Silence, SilenceEvent>>;
  readonly onFailure: (error: unknown) => void;
}

const LOOKS_PER_SILENCE = 10;
const LOOK_AT_MOST_EVERY_MS = 100;

/** Looks again and again who has been silent for too long, and who is heard again. While this tier was down itself, nobody was silent. */
export function watchSilence({ book, clock, silentAfterMs, handle, onFailure }: SilenceWatchContext): Running {
  const openSince = clock();
  /** By node, what was found last; nothing is written before that changes. */
  const found = new Map<string, boolean>();
  const look = async () => {
    const now = clock();
    for (const { node, lastSeen, enrolledAt } of book.all()) {
      const heardAt = Math.max(openSince, Date.parse(lastSeen ?? enrolledAt));
      const silent = now - heardAt > silentAfterMs;
      const heard = lastSeen !== null && Date.parse(lastSeen) >= openSince;
      // After a start only a node that was heard since ends its silence.
      if (found.get(node) === silent || (!silent && !heard)) continue;
      const at = new Date(now).toISOString();
      const command: SilenceCommand = silent
        ? { type: 'ReportSilence', node, lastHeard: lastSeen ?? enrolledAt, at }
        : { type: 'HearNode', at };
      await handle(silenceStream(node), command, { commandId: `${command.type}/${at}`, metadata: {} });
      found.set(node, silent);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const lookAgain = () => {
    looking = looking.then(look).catch(onFailure);
  };
  lookAgain();
  const timer = setInterval(lookAgain, Math.max(LOOK_AT_MOST_EVERY_MS, silentAfterMs / LOOKS_PER_SILENCE));
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
