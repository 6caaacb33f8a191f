import { Fault } from '@quantrac/event-sourcing';
import type { Collection, FieldValue, Find } from './document-store.ts';

/** What every adapter makes of what is declared, and refuses alike. */
export interface Declaration {
  readonly collection: string;
  readonly indexes: Readonly<Record<string, readonly string[]>>;
}

const collectionName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const indexName = /^[A-Za-z][A-Za-z0-9-]*$/;
const fieldName = /^[A-Za-z][A-Za-z0-9]*$/;

export function checkNames({ collection, indexes }: Declaration): void {
  if (!collectionName.test(collection))
    throw Fault.invalid('CollectionName', `"${collection}" cannot name a collection: use a-z, 0-9 and -`);
  for (const [index, fields] of Object.entries(indexes)) {
    if (!indexName.test(index))
      throw Fault.invalid('IndexName', `"${index}" cannot name an index: use letters, 0-9 and -`);
    for (const field of fields)
      if (!fieldName.test(field))
        throw Fault.invalid('FieldName', `"${field}" cannot be indexed: name a top-level field`);
  }
}

export const indexChanged = (index: string, collection: string): Fault =>
  Fault.invalid(
    'IndexChanged',
    `index ${index} of ${collection} stands with other fields: give the new one a new name`,
  );

/** The fields of a declared index. */
export function fieldsOf<D>({ name, indexes }: Collection<D>, index: string): readonly string[] {
  const fields = indexes?.[index];
  if (!fields) throw Fault.invalid('IndexUnknown', `${name} declares no index ${index}: declare it in the collection`);
  return fields;
}

export function refuseTooMany(fields: readonly string[], { equals = [], from, to }: Find): void {
  if (equals.length + (from === undefined && to === undefined ? 0 : 1) > fields.length) throw tooShort(fields);
}

/** The field after those that must be equal. */
export function fieldAfter(fields: readonly string[], equals: readonly FieldValue[]): string {
  const field = fields[equals.length];
  if (field === undefined) throw tooShort(fields);
  return field;
}

const tooShort = (fields: readonly string[]): Fault =>
  Fault.invalid('IndexTooShort', `an index on ${fields.join(', ')} cannot be searched by more values than that`);

/** The Fault of a put that lost its race. */
export const documentChanged = (collection: string, key: string, expected: number | undefined): Fault =>
  Fault.conflict('DocumentChanged', `${collection} ${key} is not at revision ${expected}: load it again`);
