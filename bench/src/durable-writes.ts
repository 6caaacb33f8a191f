import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '@quantrac/sqlite';
import Database from 'better-sqlite3';

export interface DurableWrites {
  readonly seconds: number;
  readonly commits: number;
  readonly rows: number;
}

type Values = readonly (string | number | bigint | Buffer | null)[];

/** What a table was written: rows once each, documents as often as their revisions say. */
interface Writes {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Values[];
  readonly count: number;
}

/** Tables that hold one row a thing and are written at every commit, by what counts their writes. */
const rewritten = (table: string): boolean => table.startsWith('documents_');

/**
 * Writes what all services of these folders wrote, again and with nothing else: the same tables, bytes and commits of the same size,
 * straight through better-sqlite3 into files of its own, one after the other. Folders at rest.
 */
export function durableWrites(folders: readonly string[]): DurableWrites {
  const target = mkdtempSync(join(tmpdir(), 'quantrac-bench-writes-'));
  try {
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.sqlite'))
        .map((name) => join(folder, name)),
    );
    const all = files.map((file, index) => writeAgain(file, join(target, `${index}.sqlite`)));
    const sum = (of: (one: DurableWrites) => number) => all.reduce((total, one) => total + of(one), 0);
    return { seconds: sum((one) => one.seconds), commits: sum((one) => one.commits), rows: sum((one) => one.rows) };
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function writeAgain(file: string, target: string): DurableWrites {
  const source = new Database(file, { readonly: true });
  const written = openConnection(target);
  try {
    for (const sql of schemaOf(source)) written.exec(sql);
    const tables = tablesOf(source).map((table) => writesOf(source, table));
    const commits = commitsOf(source);
    const puts = tables.map((writes) => putter(written, writes));
    const began = performance.now();
    for (let commit = 0; commit < commits; commit++) {
      written.exec('BEGIN IMMEDIATE');
      for (const put of puts) put(commit / commits, (commit + 1) / commits);
      written.exec('COMMIT');
    }
    const seconds = (performance.now() - began) / 1000;
    return { seconds, commits, rows: tables.reduce((sum, { count }) => sum + count, 0) };
  } finally {
    source.close();
    written.close();
  }
}

const schemaOf = (source: Database.Database): string[] =>
  source
    .prepare<[], string>(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid",
    )
    .pluck()
    .all();

const tablesOf = (source: Database.Database): string[] =>
  source
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();

/** Each commit of a service appends a block to its busiest topic or to its journal. */
function commitsOf(source: Database.Database): number {
  const count = (sql: string): number => {
    try {
      return source.prepare<[], number>(sql).pluck().get() ?? 0;
    } catch {
      return 0;
    }
  };
  const blocks = count('SELECT max(n) FROM (SELECT count(*) AS n FROM log_blocks GROUP BY id / 4398046511104)');
  return Math.max(1, blocks + count('SELECT count(*) FROM journal_blocks'));
}

function writesOf(source: Database.Database, table: string): Writes {
  const statement = source.prepare<[], Values>(`SELECT * FROM "${table}"`).raw();
  const columns = statement.columns().map(({ name }) => name);
  const rows = statement.all();
  const count = rewritten(table)
    ? (source.prepare<[], number>(`SELECT coalesce(sum(revision), 0) FROM "${table}"`).pluck().get() ?? 0)
    : rows.length;
  return { table, columns, rows, count };
}

/** Writes the table's share of a commit: from one share of all its writes to another. */
function putter(
  target: Database.Database,
  { table, columns, rows, count }: Writes,
): (from: number, to: number) => void {
  const marks = columns.map(() => '?').join(', ');
  const put = target.prepare(`INSERT OR REPLACE INTO "${table}" (${columns.join(', ')}) VALUES (${marks})`);
  return (from, to) => {
    const end = Math.round(to * count);
    for (let at = Math.round(from * count); at < end; at++) put.run(...rows[at % rows.length]!);
  };
}
