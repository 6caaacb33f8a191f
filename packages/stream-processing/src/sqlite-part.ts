import { blobPutter, type PutArgument } from '@quantrac/blob-store/sqlite-part';
import { declare, type PutOne, type PutRow, putter } from '@quantrac/document-store/sqlite-part';
import { encodeBlock } from '@quantrac/event-log/record-block';
import { type AppendArgument, appender } from '@quantrac/event-log/sqlite-part';
import { Fault } from '@quantrac/event-sourcing';
import { type Part, write } from '@quantrac/sqlite';
import type { Row } from '@quantrac/time-series';
import { type PackedRows, unpackRows } from '@quantrac/time-series/packed-rows';
import { inserter } from '@quantrac/time-series/sqlite-part';
import { recordsOf } from './published.ts';

export interface CommitArgument {
  readonly cells: string;
  readonly puts: readonly PutRow[];
  readonly rows: PackedRows;
  /** For each row, 1: its topic carries it. */
  readonly published: Uint8Array;
  /** For each row, what its record carries; absent: none does. */
  readonly traceparents: readonly (string | undefined)[] | undefined;
  readonly publishing: {
    readonly source: string;
    readonly now: number;
    /** By topic. */
    readonly partitions: ReadonlyMap<string, number>;
  };
  readonly documents: readonly { readonly collection: string; readonly put: PutRow }[];
  readonly blocks: readonly AppendArgument[];
  readonly blobs: PutArgument | undefined;
  readonly positions: { readonly group: string; readonly at: Readonly<Record<string, string>> } | undefined;
}

export const lostRace = 'CellMoved';

/** A batch of cells with all their rows, read models, records, bytes and positions: one transaction. */
export const part: Part = {
  name: 'stream-processing',
  open(connection, onRollback) {
    const insertRows = inserter(connection, onRollback);
    const append = appender(connection);
    const putBlobs = blobPutter(connection);
    const putters = new Map<string, PutOne>();
    onRollback(() => putters.clear());
    const putInto = (collection: string): PutOne => {
      const known = putters.get(collection);
      if (known) return known;
      declare(connection, { collection, indexes: {} });
      const made = putter(connection, collection);
      putters.set(collection, made);
      return made;
    };
    declare(connection, { collection: 'positions', indexes: {} });
    const merge = connection.prepare(
      `INSERT INTO documents_positions (key, revision, body) VALUES (?, 1, json_object('at', json(?)))
       ON CONFLICT (key) DO UPDATE SET revision = revision + 1, body = json_patch(body, excluded.body)`,
    );
    return {
      /** How many of the rows stood already. */
      commit: write((argument: CommitArgument): number => {
        const { cells, puts, documents, blocks, blobs, positions } = argument;
        const putCell = putInto(cells);
        for (const put of puts)
          if (putCell(put) === undefined)
            throw Fault.conflict(lostRace, `cell ${put.key} of ${cells} was moved by another instance`);
        if (blobs) putBlobs(blobs);
        const rows = unpackRows(argument.rows);
        const inserted = insertRows(rows);
        for (const block of blocksOf(rows, argument)) append(block);
        for (const { collection, put } of documents) putInto(collection)(put);
        for (const block of blocks) append(block);
        if (positions) merge.run(positions.group, JSON.stringify(positions.at));
        return rows.length - inserted;
      }),
    };
  },
};

function blocksOf(rows: readonly Row[], { published, publishing, traceparents }: CommitArgument): AppendArgument[] {
  const { source, now, partitions } = publishing;
  const traced = traceparents ? rows.map((row, index) => ({ ...row, traceparent: traceparents[index] })) : rows;
  const carried = traced.filter((_, index) => published[index] === 1);
  return [...recordsOf(carried, source)].map(([topic, records]) => ({
    topic,
    partitions: partitions.get(topic)!,
    count: records.length,
    block: encodeBlock(records),
    now,
  }));
}
