import { Fault } from '@quantrac/event-sourcing';
import { type Connection, type Part, type Register, read, write } from '@quantrac/sqlite';
import type { Append, JournalHead, StoredBlock, Taken } from './journal-store.ts';

/** A block's row id is its journal in the high bits and its first number in the low ones: one B-tree, appended at its right edges. */
const NUMBERS_PER_JOURNAL = 2 ** 36;

const schema = `
  CREATE TABLE IF NOT EXISTS journals (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, edge BLOB NOT NULL, root BLOB NOT NULL,
    positions TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS journal_blocks (
    id INTEGER PRIMARY KEY, count INTEGER NOT NULL, edge_before BLOB NOT NULL, root BLOB NOT NULL, block BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS journal_taken (
    id INTEGER PRIMARY KEY, journal INTEGER NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL, sequence TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS journal_taken_lane ON journal_taken (journal, topic, key);
`;

/** Row ids of lanes kept in memory at most. */
const MAX_KNOWN_LANES = 200_000;

interface JournalRow {
  readonly id: number;
  readonly size: number;
  readonly edge: Buffer;
  readonly root: Buffer;
  readonly positions: string;
}

interface BlockRow {
  readonly id: number;
  readonly count: number;
  readonly edge_before: Buffer;
  readonly root: Buffer;
  readonly block: Buffer;
}

const finder = (connection: Connection) => {
  const find = connection.prepare<[string], JournalRow>('SELECT * FROM journals WHERE name = ?');
  return (journal: string): JournalRow | undefined => find.get(journal);
};

/** Moves a lane to a higher sequence; false where it has that one or a higher. Most lanes are found by their remembered row. */
function taker(connection: Connection, onRollback: Register) {
  const find = connection
    .prepare<[number, string, string], number>(
      'SELECT id FROM journal_taken WHERE journal = ? AND topic = ? AND key = ?',
    )
    .pluck();
  const insert = connection.prepare('INSERT INTO journal_taken (journal, topic, key, sequence) VALUES (?, ?, ?, ?)');
  const move = connection.prepare('UPDATE journal_taken SET sequence = ? WHERE id = ? AND sequence < ?');
  const known = new Map<string, number>();
  onRollback(() => known.clear());
  return (journal: number, [topic, key, sequence]: Taken): boolean => {
    const lane = `${journal}\n${topic}\n${key}`;
    const id = known.get(lane) ?? find.get(journal, topic, key);
    if (known.size >= MAX_KNOWN_LANES) known.clear();
    known.set(lane, id ?? Number(insert.run(journal, topic, key, sequence).lastInsertRowid));
    return id === undefined || move.run(sequence, id, sequence).changes > 0;
  };
}

function appender(connection: Connection, onRollback: Register): (append: Append) => void {
  const find = finder(connection);
  const begin = connection.prepare(
    `INSERT INTO journals (name, size, edge, root, positions) VALUES (?, 0, x'', x'', '{}')`,
  );
  const insert = connection.prepare(
    'INSERT INTO journal_blocks (id, count, edge_before, root, block) VALUES (?, ?, ?, ?, ?)',
  );
  const move = connection.prepare(
    'UPDATE journals SET size = size + ?, edge = ?, root = ?, positions = json_patch(positions, ?) WHERE id = ?',
  );
  const take = taker(connection, onRollback);
  return ({ journal, first, count, block, edge, root, taken, positions = {} }) => {
    if (!find(journal)) begin.run(journal);
    const { id, size, edge: edgeBefore } = find(journal)!;
    if (size !== first - 1)
      throw Fault.conflict('JournalMoved', `${journal} holds ${size} records, not ${first - 1}: read its head again`);
    insert.run(id * NUMBERS_PER_JOURNAL + first, count, edgeBefore, root, block);
    move.run(count, edge, root, JSON.stringify(positions), id);
    for (const lane of taken)
      if (!take(id, lane))
        throw Fault.conflict('SequenceTaken', `${journal} holds ${lane.join(' ')} or a later one already`);
  };
}

function blockReader(connection: Connection) {
  const find = finder(connection);
  const holding = connection.prepare<[number, number], { id: number }>(
    'SELECT id FROM journal_blocks WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1',
  );
  const behind = connection.prepare<[number, number], BlockRow>(
    'SELECT * FROM journal_blocks WHERE id BETWEEN ? AND ? ORDER BY id',
  );
  return ({ journal, from, maxBytes }: { journal: string; from: number; maxBytes: number }): StoredBlock[] => {
    const row = find(journal);
    if (!row || from < 1 || from > row.size) return [];
    const base = row.id * NUMBERS_PER_JOURNAL;
    const blocks: StoredBlock[] = [];
    let bytes = 0;
    for (const found of behind.iterate(holding.get(base, base + from)!.id, base + row.size)) {
      const { id, count, edge_before: edgeBefore, root, block } = found;
      blocks.push({ first: id - base, count, block, root, edgeBefore });
      bytes += block.length;
      if (bytes >= maxBytes) break;
    }
    return blocks;
  };
}

/** Journals and their blocks in a service's own file; a block's write moves the head, what was taken and the positions with it. */
export const part: Part = {
  name: 'journal-store',
  open(connection, onRollback) {
    connection.exec(schema);
    const find = finder(connection);
    const sequence = connection
      .prepare<[number, string, string], string>(
        'SELECT sequence FROM journal_taken WHERE journal = ? AND topic = ? AND key = ?',
      )
      .pluck();
    const all = connection.prepare<[], { journal: string; size: number }>(
      'SELECT name AS journal, size FROM journals ORDER BY name',
    );
    return {
      append: write(appender(connection, onRollback)),
      head: read((journal: string): JournalHead | undefined => {
        const row = find(journal);
        return row && { size: row.size, edge: row.edge, root: row.root, positions: JSON.parse(row.positions) };
      }),
      taken: read(({ journal, of }: { journal: string; of: readonly (readonly [string, string])[] }) => {
        const row = find(journal);
        return of.map(([topic, key]) => row && sequence.get(row.id, topic, key));
      }),
      blocks: read(blockReader(connection)),
      journals: read(() => all.all()),
    };
  },
};
