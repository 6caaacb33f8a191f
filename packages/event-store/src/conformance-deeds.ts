import type { Deeds } from '@quantrac/conformance/perform-deed';
import type { EventStore } from './event-store.ts';

export interface Noted {
  readonly type: 'Noted';
  readonly data: { readonly by: string; readonly number: number };
}

export const noted = (by: string, number: number): Noted => ({ type: 'Noted', data: { by, number } });

/** One event a commit, each under a command id of its own. */
export const note = (store: EventStore, streamId: string, expected: number, event: Noted): Promise<number> =>
  store.append(streamId, expected, [event], {
    commandId: `${event.data.by}/${event.data.number}`,
    metadata: { account: event.data.by },
  });

/** Appends to the stream wherever it stands, until it is not too late. */
export async function noteAnyhow(store: EventStore, streamId: string, event: Noted): Promise<void> {
  for (;;) {
    const { version } = await store.read(streamId);
    try {
      await note(store, streamId, version, event);
      return;
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'conflict') throw error;
    }
  }
}

/** What the conformance test lets another process do. */
export const deeds: Deeds<EventStore> = {
  /** Appends to one stream without an end and says each number once it is acknowledged. */
  async noteForEver(store, by: string, { say }) {
    for (let number = 0; ; number++) {
      await note(store, by, number, noted(by, number));
      say(number);
    }
  },

  /** Appends `count` events, in turn to the streams, which others write as well. */
  async noteAnyhow(store, { by, streams, count }: { by: string; streams: string[]; count: number }, { say }) {
    say('begins');
    for (let number = 0; number < count; number++)
      await noteAnyhow(store, streams[number % streams.length]!, noted(by, number));
  },

  /** Tries each stream once at version 0 and answers which it won. */
  async race(store, { by, streams }: { by: string; streams: string[] }, { say }) {
    say('begins');
    for (const [number, stream] of streams.entries()) {
      const won = await note(store, stream, 0, noted(by, number)).catch(() => undefined);
      if (won !== undefined) say(stream);
    }
  },
};
