import type { Database } from '@quantrac/sqlite';
import { type Append, type JournalHead, JournalStore, type StoredBlock } from './journal-store.ts';

/** Journals in a service's own SQLite file; appends that wait at the same time share a commit. */
export class SqliteJournalStore extends JournalStore {
  constructor(readonly database: Database) {
    super();
  }

  static async open(database: Database): Promise<SqliteJournalStore> {
    const store = new SqliteJournalStore(database);
    await store.#loaded();
    return store;
  }

  async append(block: Append): Promise<void> {
    await this.#call('append', block);
  }

  async head(journal: string): Promise<JournalHead | undefined> {
    return this.#call('head', journal);
  }

  async taken(
    journal: string,
    of: readonly (readonly [topic: string, key: string])[],
  ): Promise<readonly (string | undefined)[]> {
    return of.length === 0 ? [] : this.#call('taken', { journal, of });
  }

  async blocks(journal: string, from: number, maxBytes: number): Promise<readonly StoredBlock[]> {
    return this.#call('blocks', { journal, from, maxBytes });
  }

  async journals(): Promise<readonly { journal: string; size: number }[]> {
    return this.#call('journals', null);
  }

  async close(): Promise<void> {}

  /** The part is loaded by the first call too: a service is put together where nothing can be waited for. */
  async #call<R>(operation: string, argument: unknown): Promise<R> {
    await this.#loaded();
    return this.database.call<R>(`journal-store.${operation}`, argument);
  }

  #loaded(): Promise<void> {
    return this.database.load(new URL('./sqlite-part.js', import.meta.url));
  }
}
