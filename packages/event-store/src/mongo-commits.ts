import { Fault } from '@quantrac/event-sourcing';
import { LARGEST_TEXT, refusedAsDuplicates } from '@quantrac/mongo/mongo-bulk';
import { asking, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';

export interface NewCommit {
  readonly stream: string;
  /** The version before; of an append without events its command id, which lies in no range of versions and is as unique. */
  readonly from: number | string;
  /** The version that it is answered with. */
  readonly to: number;
  readonly command: string;
  /** Events and metadata as JSON text: BSON knows no key with U+0000 and takes `$ref` or `_bsontype` for its own. */
  readonly body: string;
}

/** `_id` is the position; an append without events has none, so that no reader meets it: the driver gives it an ObjectId. */
interface CommitDocument extends NewCommit {
  _id?: number;
}
export interface PositionedDocument extends NewCommit {
  readonly _id: number;
}

/** The commits of all streams, one document an append. */
export class MongoCommits {
  private constructor(private readonly collection: MongoCollection<CommitDocument>) {}

  static async open(database: MongoDatabase): Promise<MongoCommits> {
    const collection = database.collection<CommitDocument>('commits');
    await asking(() =>
      collection.createIndexes([
        { key: { stream: 1, from: 1 }, name: 'version', unique: true },
        { key: { stream: 1, command: 1 }, name: 'command', unique: true },
      ]),
    );
    return new MongoCommits(collection);
  }

  /** In the order given, up to the first that a unique index refuses; how many are there now. */
  async insert(commits: readonly NewCommit[], next: number): Promise<number> {
    let position = next;
    const documents = commits.map((commit) => (hasEvents(commit) ? { _id: position++, ...commit } : { ...commit }));
    const [refused = commits.length] = await refusedAsDuplicates(() => this.collection.insertMany(documents));
    return refused;
  }

  /** 0: there is none. */
  async lastPosition(): Promise<number> {
    const last = { _id: { $gt: 0 } };
    const [commit] = await asking(() =>
      this.collection
        .find(last, { projection: { _id: 1 } })
        .sort({ _id: -1 })
        .limit(1)
        .toArray(),
    );
    return commit?._id ?? 0;
  }

  /** A stream's commits in order; and, last, how it has answered a command that led to no events. */
  ofStream(stream: string, commandId: string | undefined): Promise<NewCommit[]> {
    const versions = { from: { $gte: 0 } };
    const asked = commandId === undefined ? versions : { $or: [versions, { from: commandId }] };
    return asking(() =>
      this.collection
        .find({ stream, ...asked })
        .sort({ from: 1 })
        .toArray(),
    );
  }

  async from(after: number, limit: number): Promise<PositionedDocument[]> {
    if (limit <= 0) return [];
    const found = this.collection
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(limit);
    return (await asking(() => found.toArray())) as PositionedDocument[];
  }

  /** What an append comes to without being written: the answer that its command has had, or the Fault `conflict`; `undefined`: nothing stands against it. */
  async standing({ stream, command }: NewCommit, expected: number): Promise<number | undefined> {
    const version = await this.#version(stream);
    // asked last: a command that was done just now has moved the version as well
    const projection = { _id: 0, to: 1 };
    const answer = await asking(() => this.collection.findOne({ stream, command }, { projection }));
    if (answer) return answer.to;
    if (version === expected) return undefined;
    throw Fault.conflict('StreamMoved', `${stream} is at version ${version}, not ${expected}: load it again`);
  }

  async #version(stream: string): Promise<number> {
    const versions = { stream, from: { $gte: 0 } };
    const options = { projection: { _id: 0, to: 1 }, sort: { from: -1 } } as const;
    return (await asking(() => this.collection.findOne(versions, options)))?.to ?? 0;
  }
}

export const hasEvents = ({ from }: NewCommit): boolean => typeof from === 'number';

export function refuseTooLarge({ stream, body }: NewCommit): void {
  const bytes = Buffer.byteLength(body);
  if (bytes > LARGEST_TEXT)
    throw Fault.invalid(
      'AppendTooLarge',
      `an append to ${stream} takes ${bytes} bytes, of ${LARGEST_TEXT} that MongoDB has room for: append less at once`,
    );
}
