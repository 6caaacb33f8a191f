import { blobPutter, type PutArgument } from '@quantrac/blob-store/sqlite-part';
import { declare, type PutOne, type PutRow, putter } from '@quantrac/document-store/sqlite-part';
import { type AppendArgument, appender } from '@quantrac/event-log/sqlite-part';
import { Fault } from '@quantrac/event-sourcing';
import { type Part, write } from '@quantrac/sqlite';
import { inserter } from '@quantrac/time-series/sqlite-part';
import { type PackedRows, unpackRows } from './packed-rows.ts';

export interface CommitArgument {
  readonly cells: string;
  readonly puts: readonly PutRow[];
  readonly rows: PackedRows;
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
      commit: write(({ cells, puts, rows, documents, blocks, blobs, positions }: CommitArgument): void => {
        const putCell = putInto(cells);
        for (const put of puts)
          if (putCell(put) === undefined)
            throw Fault.conflict(lostRace, `cell ${put.key} of ${cells} was moved by another instance`);
        if (blobs) putBlobs(blobs);
        insertRows(unpackRows(rows));
        for (const { collection, put } of documents) putInto(collection)(put);
        for (const block of blocks) append(block);
        if (positions) merge.run(positions.group, JSON.stringify(positions.at));
      }),
    };
  },
};
