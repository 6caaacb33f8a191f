import type { Deeds } from '@quantrac/conformance/perform-deed';
import type { Collection, DocumentStore } from './document-store.ts';

export interface Counter {
  readonly count: number;
  readonly by: string;
}

export const counters: Collection<Counter> = { name: 'counters' };

/** Adds one to a counter, however many others do so. */
export async function addOne(store: DocumentStore, key: string, by: string): Promise<void> {
  for (;;) {
    const there = await store.get(counters, key);
    const put = { key, document: { count: (there?.document.count ?? 0) + 1, by }, expected: there?.revision ?? 0 };
    const [revision] = await store.putMany(counters, [put]);
    if (revision !== undefined) return;
  }
}

/** What the conformance test lets another process do. */
export const deeds: Deeds<DocumentStore> = {
  async addOnes(store, { key, times }: { key: string; times: number }, { say }) {
    say('begins');
    for (let time = 0; time < times; time++) await addOne(store, key, 'there');
  },

  /** Puts the document that is there, a revision higher each time, and says each revision once it is acknowledged. */
  async putForEver(store, key: string, { say }) {
    for (let count = 1; ; count++) say(await store.put(counters, { key, document: { count, by: 'there' } }));
  },
};
