import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { Row, TimeSeries } from '@quantrac/time-series';

/** A version that came again with other bytes; the first ones stand. */
export interface ChangedVersion {
  readonly node: string;
  readonly code: 'VersionChanged';
  readonly collection: string;
  readonly key: string;
  readonly series: string;
  readonly time: number;
  readonly version: number;
  /** Where the other bytes stand. */
  readonly journal: string;
  readonly number: number;
}

const changed: Collection<ChangedVersion> = { name: 'changed-versions', indexes: { node: ['node'] } };

export interface NumberedRow {
  readonly row: Row;
  readonly number: number;
}

/** After an insert that was not all new: notes which rows stand in the copy with other bytes. How many. */
export async function noteChanged(
  rows: readonly NumberedRow[],
  { node, journal }: { readonly node: string; readonly journal: string },
  { series: store, documents }: { readonly series: TimeSeries; readonly documents: DocumentStore },
): Promise<number> {
  const contradicted = new Set(await store.contradicted(rows.map(({ row }) => row)));
  const faults = rows.filter(({ row }) => contradicted.has(row));
  for (const { row, number } of faults) {
    const { collection, key, series, time, version } = row;
    const document = { node, code: 'VersionChanged' as const, collection, key, series, time, version, journal, number };
    await documents.put(changed, { key: `${collection}/${key}/${series}/${time}/${version}`, document });
  }
  return faults.length;
}

export const changedVersions = async (documents: DocumentStore, node: string): Promise<readonly ChangedVersion[]> =>
  (await documents.find(changed, 'node', { equals: [node] })).map(({ document }) => document);
