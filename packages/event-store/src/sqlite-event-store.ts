import type { AppendOptions } from '@quantrac/event-sourcing';
import type { Database } from '@quantrac/sqlite';
import { type Commit, EventStore, type ReadStream } from './event-store.ts';
import type { CommitRow, StreamArgument, StreamRows } from './sqlite-part.ts';

/** One row an append, with its events as JSON. */
export class SqliteEventStore extends EventStore {
  private constructor(readonly database: Database) {
    super();
  }

  static async open(database: Database): Promise<SqliteEventStore> {
    await database.load(new URL('./sqlite-part.js', import.meta.url));
    return new SqliteEventStore(database);
  }

  async read<Event>(streamId: string, commandId?: string): Promise<ReadStream<Event>> {
    const argument: StreamArgument = { stream: streamId, commandId };
    const { rows, answered } = await this.database.call<StreamRows>('event-store.stream', argument);
    const last = rows.at(-1);
    return {
      version: last ? last.from_version + last.count : 0,
      events: rows.flatMap((row) => toCommit<Event>(row).events),
      ...(answered !== undefined && { answered }),
    };
  }

  async append<Event>(
    streamId: string,
    expected: number,
    events: readonly Event[],
    { commandId, metadata }: AppendOptions,
  ): Promise<number> {
    const body = JSON.stringify({ events, metadata });
    return this.database.call('event-store.append', {
      stream: streamId,
      expected,
      count: events.length,
      commandId,
      body,
    });
  }

  async readAll<Event>(after: number, limit: number): Promise<readonly Commit<Event>[]> {
    const rows = await this.database.call<CommitRow[]>('event-store.all', { after, limit });
    return rows.map(toCommit<Event>);
  }

  async close(): Promise<void> {}
}

function toCommit<Event>(row: CommitRow): Commit<Event> {
  const { events, metadata } = JSON.parse(row.body) as Pick<Commit<Event>, 'events' | 'metadata'>;
  return {
    position: row.position,
    streamId: row.stream,
    fromVersion: row.from_version,
    commandId: row.command_id,
    events,
    metadata,
  };
}
