import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { Unshown } from './row-of.ts';

/** Records of one type of a journal that are stored and not shown. */
export interface HeldRecords extends Unshown {
  readonly node: string;
  readonly journal: string;
  readonly type: string;
  readonly records: number;
  /** Numbers of the first and the last of them. */
  readonly first: number;
  readonly last: number;
}

const held: Collection<HeldRecords> = { name: 'held-records' };

const keyOf = ({ journal, type, reason }: Pick<HeldRecords, 'journal' | 'type' | 'reason'>): string =>
  `${journal}/${type}/${reason}`;

/** Counts one more, unless it was counted before: a journal is applied in the order of its numbers. */
export async function holdRecord(
  documents: DocumentStore,
  record: Pick<HeldRecords, 'node' | 'journal' | 'type'> & Unshown & { readonly number: number },
): Promise<void> {
  const { number, ...said } = record;
  const before = await documents.get(held, keyOf(said));
  if (before && before.document.last >= number) return;
  const { records = 0, first = number } = before?.document ?? {};
  await documents.put(held, { key: keyOf(said), document: { ...said, records: records + 1, first, last: number } });
}

export const heldRecords = async (documents: DocumentStore): Promise<readonly HeldRecords[]> =>
  (await documents.list(held)).map(({ document }) => document);

export const releaseRecords = (documents: DocumentStore, released: HeldRecords): Promise<void> =>
  documents.remove(held, keyOf(released));
