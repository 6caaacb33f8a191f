import type { Deeds } from '@quantrac/conformance/perform-deed';
import { isFault } from '@quantrac/event-sourcing';
import type { Append, JournalStore } from './journal-store.ts';

export const topic = 'quantrac.numbers.v1';

export const sequence = (number: number): string => String(number).padStart(12, '0');

/** A block whose bytes, edge and root tell its numbers and its writer. */
export const blockOf = (journal: string, first: number, count = 1, by = 'here'): Append => ({
  journal,
  first,
  count,
  block: Buffer.from(`${by}: records ${first} to ${first + count - 1}`),
  edge: Buffer.from(`edge ${first + count - 1}`),
  root: Buffer.from(`root ${first + count - 1}`),
  taken: [[topic, 'station/a', sequence(first + count - 1)]],
});

export const isConflict = (error: unknown, code: string): boolean => isFault(error, code) && error.kind === 'conflict';

/** What the conformance test lets another process do. */
export const deeds: Deeds<JournalStore> = {
  /** Appends for ever, and says each size once it is acknowledged. */
  async appendForEver(store, { journal, count }: { journal: string; count: number }, { say }) {
    for (let size = 0; ; size += count) {
      await store.append(blockOf(journal, size + 1, count, 'there'));
      say(size + count);
    }
  },

  /** Tries to append the first records of many journals, and says which it won. */
  async race(store, journals: readonly string[], { say }) {
    say('begins');
    for (const journal of journals)
      await store.append(blockOf(journal, 1, 1, 'there')).then(
        () => say(journal),
        (error) => {
          if (!isConflict(error, 'JournalMoved')) throw error;
        },
      );
  },
};
