import type { AppendOptions } from '@quantrac/event-sourcing';
import type { MongoDatabase } from '@quantrac/mongo/mongo-connection';
import { type Commit, EventStore, type ReadStream } from './event-store.ts';
import { MongoAppends } from './mongo-appends.ts';
import { hasEvents, MongoCommits, type NewCommit, type PositionedDocument, refuseTooLarge } from './mongo-commits.ts';

const VERSIONS_REMEMBERED = 10_000;

/** One document an append; without transactions, so that one server alone does as well as a replica set. */
export class MongoEventStore extends EventStore {
  readonly #appends: MongoAppends;
  /** A version that each stream has had: one that is expected and was there needs no look, since whoever moves the stream takes its unique place. */
  readonly #seen = new Map<string, number>();

  private constructor(private readonly commits: MongoCommits) {
    super();
    this.#appends = new MongoAppends(commits);
  }

  static async open(database: MongoDatabase): Promise<MongoEventStore> {
    return new MongoEventStore(await MongoCommits.open(database));
  }

  async read<Event>(streamId: string, commandId?: string): Promise<ReadStream<Event>> {
    const found = await this.commits.ofStream(streamId, commandId);
    const commits = found.filter(hasEvents);
    const answered = found.find(({ command }) => command === commandId)?.to;
    const version = this.#remember(streamId, commits.at(-1)?.to ?? 0);
    const events = commits.flatMap((commit) => parsed<Event>(commit).events);
    return { version, events, ...(answered !== undefined && { answered }) };
  }

  async append<Event>(
    streamId: string,
    expected: number,
    events: readonly Event[],
    { commandId, metadata }: AppendOptions,
  ): Promise<number> {
    const commit: NewCommit = {
      stream: streamId,
      from: events.length > 0 ? expected : commandId,
      to: expected + events.length,
      command: commandId,
      body: JSON.stringify({ events, metadata }),
    };
    refuseTooLarge(commit);
    // a stream that has events has them from 0: the unique place refuses whoever begins it again
    const isThere = expected === 0 || this.#seen.get(streamId) === expected;
    if (!hasEvents(commit) || !isThere) {
      const answered = await this.commits.standing(commit, expected);
      if (answered !== undefined) return answered;
    }
    return this.#remember(streamId, await this.#appends.append(commit, expected));
  }

  async readAll<Event>(after: number, limit: number): Promise<readonly Commit<Event>[]> {
    return (await this.commits.from(after, limit)).map(toCommit<Event>);
  }

  async close(): Promise<void> {}

  #remember(streamId: string, version: number): number {
    this.#seen.delete(streamId);
    this.#seen.set(streamId, version);
    if (this.#seen.size > VERSIONS_REMEMBERED) this.#seen.delete(this.#seen.keys().next().value!);
    return version;
  }
}

const parsed = <Event>({ body }: NewCommit) => JSON.parse(body) as Pick<Commit<Event>, 'events' | 'metadata'>;

const toCommit = <Event>(document: PositionedDocument): Commit<Event> => ({
  position: document._id,
  streamId: document.stream,
  fromVersion: document.from as number,
  commandId: document.command,
  ...parsed<Event>(document),
});
