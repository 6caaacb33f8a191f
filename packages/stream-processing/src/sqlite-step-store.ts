import { packed } from '@quantrac/blob-store';
import { blockOf } from '@quantrac/event-log';
import { isFault } from '@quantrac/event-sourcing';
import type { Database } from '@quantrac/sqlite';
import { buffersOf, packRows } from '@quantrac/time-series/packed-rows';
import type { PendingRow } from './cell.ts';
import { tellContradicted } from './contradictions.ts';
import { byTopic, documentOf, toRow } from './do-pending.ts';
import { type CommitArgument, lostRace } from './sqlite-part.ts';
import { type CommitRequest, type CommitResult, type StepStore, type StepStores, withPending } from './step-store.ts';

const doneInCommit = ['rows', 'documents', 'records'] as const;

/** On one SQLite file a batch of cells with its rows and records is one transaction; only commands are left to do. */
export async function sqliteStepStore(database: Database, stores: StepStores): Promise<StepStore> {
  await database.load(new URL('./sqlite-part.js', import.meta.url));
  return {
    ...stores,
    doneInCommit,
    async commit<State>(request: CommitRequest<State>): Promise<CommitResult> {
      await declareAll(stores, request);
      const argument = argumentOf(request);
      const transfer = [
        ...buffersOf(argument.rows),
        ...argument.blocks.map(({ block }) => block.buffer as ArrayBuffer),
      ];
      if (argument.blobs) transfer.push(argument.blobs.bytes.buffer as ArrayBuffer);
      let standing: number;
      try {
        standing = await database.call<number>('stream-processing.commit', argument, transfer);
      } catch (error) {
        if (!isFault(error, lostRace)) throw error;
        return { committed: new Set(), positionsStored: false };
      }
      if (standing > 0) await tellContradicted(rowsOf(request).map(toRow), stores.series, request.onContradicted);
      return {
        committed: new Set(request.prepared.map(({ key }) => key)),
        positionsStored: request.positions !== undefined,
      };
    },
  };
}

/** Read models have indexes that the store makes when it first hears of them. */
async function declareAll<State>(stores: StepStores, { collections, prepared }: CommitRequest<State>): Promise<void> {
  const named = new Set(prepared.flatMap(({ effects }) => effects.documents.map(({ collection }) => collection)));
  for (const name of named) await stores.documents.declare(collections.get(name)!);
}

const rowsOf = <State>({ prepared }: CommitRequest<State>): PendingRow[] =>
  prepared.flatMap(({ effects }) => effects.rows);

function argumentOf<State>(request: CommitRequest<State>): CommitArgument {
  const { cells, prepared, source, positions, blobs, topics } = request;
  const now = Date.now();
  const rows = rowsOf(request);
  const setAside = byTopic(prepared.flatMap(({ effects }) => effects.records));
  return {
    cells: cells.name,
    puts: prepared.map((entry) => ({
      key: entry.key,
      expected: entry.expected,
      body: JSON.stringify(withPending(entry, doneInCommit)),
    })),
    rows: packRows(rows),
    published: Uint8Array.from(rows, (row) => (row.published ? 1 : 0)),
    traceparents: rows.some(({ traceparent }) => traceparent) ? rows.map(({ traceparent }) => traceparent) : undefined,
    publishing: { source, now, partitions: new Map([...topics].map(([name, { partitions }]) => [name, partitions])) },
    documents: prepared.flatMap(({ expected, effects }) =>
      effects.documents.map((output) => ({
        collection: output.collection,
        put: { key: output.documentKey, expected: undefined, body: JSON.stringify(documentOf(output, expected + 1)) },
      })),
    ),
    blocks: [...setAside].map(([topic, list]) => blockOf(topics.get(topic)!, list, now)),
    blobs: blobs?.length ? packed(blobs).argument : undefined,
    positions,
  };
}
