import { asking, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';
import { checkNames, type Declaration, indexChanged } from './declared.ts';
import type { FieldValue } from './document-store.ts';

export type Extracted = Readonly<Record<string, FieldValue | null>>;

export interface DocumentRecord {
  readonly _id: string;
  readonly revision: number;
  /** The document as JSON text: BSON knows no key with U+0000 and takes `$ref` or `_bsontype` for its own. */
  readonly body: string;
  /** What it is found by. */
  readonly by?: Extracted;
  /** The last writes to it, so that a writer of many recognises its own. */
  readonly writes: readonly number[];
}

/** A collection that stands with its indexes. */
export interface OpenCollection {
  readonly name: string;
  readonly records: MongoCollection<DocumentRecord>;
  /** Those of every index that stands, whoever declared it. */
  readonly fields: readonly string[];
}

type Key = Readonly<Record<string, 1>>;

const AT_A_TIME = 500;
const NO_SUCH_COLLECTION = 26;

const BY = 'by.';
export const path = (field: string): string => BY + field;
const fieldAt = (path: string): string[] => (path.startsWith(BY) ? [path.slice(BY.length)] : []);

/** Also tells the server which index to use. */
export const keyOf = (fields: readonly string[]): Key => ({
  ...Object.fromEntries(fields.map((field) => [path(field), 1 as const])),
  _id: 1,
});

/** Makes the missing indexes, once every document has what they are made of: an index that stands is complete. */
export async function openCollection(database: MongoDatabase, declaration: Declaration): Promise<OpenCollection> {
  checkNames(declaration);
  const { collection: name, indexes } = declaration;
  const records = database.collection<DocumentRecord>(`documents.${name}`);
  const standing = await standingIndexes(records);
  const declared = Object.entries(indexes).map(([index, fields]) => ({ index, fields, key: keyOf(fields) }));
  for (const { index, key } of declared) {
    const there = standing.get(index);
    if (there && !isSame(there, key)) throw indexChanged(index, name);
  }
  const keys = [...standing.values()];
  const missing = declared.filter(({ key }) => !keys.some((there) => isSame(there, key)));
  if (missing.length > 0) {
    await extractInto(records, [...new Set(missing.flatMap(({ fields }) => fields))]);
    await asking(() => records.createIndexes(missing.map(({ index, key }) => ({ name: index, key }))));
  }
  const paths = [...keys, ...missing.map(({ key }) => key)].flatMap((key) => Object.keys(key));
  return { name, records, fields: [...new Set(paths.flatMap(fieldAt))] };
}

async function standingIndexes(records: MongoCollection<DocumentRecord>): Promise<ReadonlyMap<string, Key>> {
  const found = await asking(() => records.indexes()).catch((error: { code?: number }) => {
    if (error.code === NO_SUCH_COLLECTION) return [];
    throw error;
  });
  return new Map(found.map(({ name, key }) => [name!, key as Key]));
}

const isSame = (one: Key, other: Key): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Over what was put before an index was declared. */
async function extractInto(records: MongoCollection<DocumentRecord>, fields: readonly string[]): Promise<void> {
  const lacking = { $or: fields.map((field) => ({ [path(field)]: { $exists: false } })) };
  for (let after = {}; ; ) {
    const found = records
      .find({ ...lacking, ...after })
      .sort({ _id: 1 })
      .limit(AT_A_TIME);
    const page = await asking(() => found.toArray());
    if (page.length === 0) return;
    // beside another body than that which was read, other values stand
    const updates = page.map(({ _id, body }) => ({
      updateOne: { filter: { _id, body }, update: { $set: byPath(extracted(JSON.parse(body), fields)) } },
    }));
    await asking(() => records.bulkWrite(updates, { ordered: false }));
    after = { _id: { $gt: page.at(-1)!._id } };
  }
}

const byPath = (values: Extracted): Extracted =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [path(field), value]));

/** As SQLite takes them from JSON: what is neither text nor a number nor a truth value is null. */
export function extracted(document: unknown, fields: readonly string[]): Extracted {
  const values = document as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.map((field) => [field, indexed(values[field])]));
}

function indexed(value: unknown): FieldValue | null {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || Number.isFinite(value) ? (value as FieldValue) : null;
}
