import { randomUUID } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { Fault } from '@quantrac/event-sourcing';
import { type Connection, type Part, type Register, read, write } from '@quantrac/sqlite';
import { isEarlierCopy, type Mark, openWitness } from './log-witness.ts';
import { type ReadArgument, type ReadManyArgument, readers, readMany } from './sqlite-read.ts';
import { retention } from './sqlite-retention.ts';
import { OFFSETS_PER_TOPIC } from './sqlite-topic.ts';

/** Records of one publish, in order; the block's records stand at offsets first, first + 1, ... of the topic. */
export interface AppendArgument {
  readonly topic: string;
  readonly partitions: number;
  readonly count: number;
  readonly block: Uint8Array;
  readonly now: number;
}

/** What a log says of itself when it is opened. */
export interface Identity {
  readonly id: string;
  readonly epoch: number;
}

const COMPRESS_FROM_BYTES = 512;
const fastest = { params: { 100: 1 } };

/** `log_epochs`: where each topic stood when an epoch began; what an older epoch had beyond that is lost. */
const schema = `
  CREATE TABLE IF NOT EXISTS log (id TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log_topics (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
    first INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0, retained_at INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_blocks (
    id INTEGER PRIMARY KEY, count INTEGER NOT NULL, appended_at INTEGER NOT NULL, compressed INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_epochs (
    topic INTEGER NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (topic, epoch)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log_leases (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL, term INTEGER NOT NULL
  ) STRICT;
`;

/** Appends a block; called inside the transaction of whoever publishes. */
export type Append = (argument: AppendArgument) => void;

export function appender(connection: Connection): Append {
  const find = connection.prepare<[string], { id: number; partitions: number; next: number }>(
    'SELECT id, partitions, next FROM log_topics WHERE name = ?',
  );
  const declare = connection.prepare('INSERT INTO log_topics (name, partitions) VALUES (?, ?)');
  const insert = connection.prepare(
    'INSERT INTO log_blocks (id, count, appended_at, compressed, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const advance = connection.prepare('UPDATE log_topics SET next = next + ? WHERE id = ?');
  return ({ topic, partitions, count, block, now }) => {
    if (!find.get(topic)) declare.run(topic, partitions);
    const { id, next, partitions: declared } = find.get(topic)!;
    if (declared !== partitions)
      throw Fault.invalid(
        'TopicChanged',
        `${topic} has ${declared} partitions, not ${partitions}: publish a new version of it`,
      );
    const compressed = block.length >= COMPRESS_FROM_BYTES;
    const bytes = compressed ? zstdCompressSync(block, fastest) : block;
    insert.run(id * OFFSETS_PER_TOPIC + next, count, now, compressed ? 1 : 0, bytes);
    advance.run(count, id);
  };
}

/** Who the log is; raises the epoch when the file turns out to be an earlier copy of the log. */
function identity(connection: Connection, onCommit: Register) {
  connection.prepare('INSERT INTO log (id, epoch) SELECT ?, 1 WHERE NOT EXISTS (SELECT 1 FROM log)').run(randomUUID());
  const current = connection.prepare<[], Identity>('SELECT id, epoch FROM log');
  const mark = connection.prepare<[], Mark>(
    'SELECT epoch, (SELECT coalesce(sum(next), 0) FROM log_topics) AS appended FROM log',
  );
  const begin = connection.prepare('UPDATE log SET epoch = ?');
  const keepEnds = connection.prepare(
    'INSERT INTO log_epochs (topic, epoch, first) SELECT id, ?, next FROM log_topics',
  );
  const witness = openWitness(connection.name);
  const raise = (): Identity => {
    const epoch = Math.max(current.get()!.epoch, witness.seen()?.epoch ?? 0) + 1;
    begin.run(epoch);
    keepEnds.run(epoch);
    return current.get()!;
  };
  if (isEarlierCopy(mark.get()!, witness.seen())) raise();
  let written = mark.get()!;
  witness.write(written);
  onCommit(() => {
    const { epoch, appended } = mark.get()!;
    if (epoch === written.epoch && appended === written.appended) return;
    written = { epoch, appended };
    witness.write(written);
  });
  return { current: () => current.get()!, raise };
}

export interface LeaseArgument {
  readonly name: string;
  readonly holder: string;
  readonly now: number;
  readonly forMs: number;
}

function leases(connection: Connection) {
  // A lease that ends later than any taken now can was taken by a clock that has since been set back.
  const take = connection.prepare<[LeaseArgument], { term: number }>(
    `INSERT INTO log_leases (name, holder, until, term) VALUES (@name, @holder, @now + @forMs, 1)
     ON CONFLICT (name) DO UPDATE
     SET term = term + (holder <> excluded.holder), holder = excluded.holder, until = excluded.until
     WHERE holder = excluded.holder OR until < @now OR until > @now + 2 * @forMs RETURNING term`,
  );
  const release = connection.prepare<[LeaseArgument]>(
    'UPDATE log_leases SET until = 0 WHERE name = @name AND holder = @holder',
  );
  return {
    /** The number of the holding, one more at each change of holder; undefined while another holds it. */
    take: (argument: LeaseArgument) => take.get(argument)?.term,
    release: (argument: LeaseArgument) => void release.run(argument),
  };
}

export const part: Part = {
  name: 'event-log',
  open(connection, _onRollback, onCommit) {
    connection.exec(schema);
    const { current, raise } = identity(connection, onCommit);
    const { take, release } = leases(connection);
    const readerOf = readers(connection);
    return {
      identity: read(current),
      raiseEpoch: write(raise),
      append: write(appender(connection)),
      read: read((argument: ReadArgument) => readerOf(argument.file)?.blocks(argument)),
      readMany: read((argument: ReadManyArgument) => readMany(argument, readerOf)),
      end: read(({ file, topic }: { file: string | undefined; topic: string }) => readerOf(file)?.end(topic)),
      retain: write(retention(connection)),
      takeLease: write(take),
      releaseLease: write(release),
    };
  },
};
