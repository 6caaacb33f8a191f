import { Fault } from '@quantrac/event-sourcing';
import { LARGEST_TEXT, refusedAsDuplicates } from '@quantrac/mongo/mongo-bulk';
import { asking } from '@quantrac/mongo/mongo-connection';
import type { Put } from './document-store.ts';
import { type DocumentRecord, extracted, type OpenCollection } from './mongo-collection.ts';

/** So many later writes may come between a bulk write and the look at who won it. */
const WRITES_KEPT = 4;

interface NewRecord extends Pick<DocumentRecord, 'body' | 'by'> {
  readonly key: string;
  readonly expected: number | undefined;
}

/** For each put its new revision, or `undefined` when it lost. */
type Revisions = ReadonlyMap<string, number | undefined>;

/** Puts of one key are done one after another, all others at once. */
export async function putAll<D>(collection: OpenCollection, puts: readonly Put<D>[]): Promise<(number | undefined)[]> {
  const records = puts.map((put) => newRecord(collection, put));
  const answers: (number | undefined)[] = [];
  for (let left = [...records.keys()]; left.length > 0; ) {
    const round = new Map<string, number>();
    for (const at of left) if (!round.has(records[at]!.key)) round.set(records[at]!.key, at);
    const revisions = await putDistinct(
      collection,
      [...round.values()].map((at) => records[at]!),
    );
    for (const [key, at] of round) answers[at] = revisions.get(key);
    left = left.filter((at) => round.get(records[at]!.key) !== at);
  }
  return answers;
}

function newRecord<D>({ name, fields }: OpenCollection, { key, document, expected }: Put<D>): NewRecord {
  const body = JSON.stringify(document);
  const bytes = Buffer.byteLength(body);
  if (bytes > LARGEST_TEXT)
    throw Fault.invalid(
      'DocumentTooLarge',
      `${name} ${key} takes ${bytes} bytes, of ${LARGEST_TEXT} that MongoDB has room for: keep less in one document`,
    );
  return { key, expected, body, ...(fields.length > 0 && { by: extracted(document, fields) }) };
}

async function putDistinct(collection: OpenCollection, records: readonly NewRecord[]): Promise<Revisions> {
  const write = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  let written = 0;
  const refused = await refusedAsDuplicates(async () => {
    const operations = records.map((record) => operation(record, write));
    const { insertedCount, matchedCount } = await collection.records.bulkWrite(operations, { ordered: false });
    written = insertedCount + matchedCount;
  });
  // who expects nothing has no answer without a look
  if (written === records.length && records.every(({ expected }) => expected !== undefined))
    return new Map(records.map(({ key, expected }) => [key, expected! + 1]));
  const tried = records.filter((_, at) => !refused.includes(at));
  const revisions = await look(collection, tried, write);
  const again = records.filter(({ expected }, at) => expected === undefined && refused.includes(at));
  return again.length === 0 ? revisions : new Map([...revisions, ...(await putDistinct(collection, again))]);
}

function operation({ key, expected, ...put }: NewRecord, write: number) {
  if (expected === 0) return { insertOne: { document: { _id: key, revision: 1, ...put, writes: [write] } } };
  return {
    updateOne: {
      filter: expected === undefined ? { _id: key } : { _id: key, revision: expected },
      update: { $set: put, $inc: { revision: 1 }, $push: { writes: { $each: [write], $slice: -WRITES_KEPT } } },
      upsert: expected === undefined,
    },
  };
}

/** A bulk write counts those that matched, and does not say which: each document says itself. */
async function look(
  { records }: OpenCollection,
  tried: readonly NewRecord[],
  write: number,
): Promise<Map<string, number | undefined>> {
  const found = records.find({ _id: { $in: tried.map(({ key }) => key) } }, { projection: { revision: 1, writes: 1 } });
  const there = new Map((await asking(() => found.toArray())).map((record) => [record._id, record]));
  return new Map(tried.map(({ key, expected }) => [key, revisionOf(there.get(key), expected, write)]));
}

/** One whose trace later writes have pushed out is told as lost, as is one whose answer was; without an expectation, as a revision that has passed. */
function revisionOf(
  there: Pick<DocumentRecord, 'revision' | 'writes'> | undefined,
  expected: number | undefined,
  write: number,
): number | undefined {
  const { revision, writes } = there ?? { revision: 1, writes: [] };
  const at = writes.lastIndexOf(write);
  if (at >= 0) return revision - (writes.length - 1 - at);
  return expected === undefined ? Math.max(1, revision - writes.length) : undefined;
}
