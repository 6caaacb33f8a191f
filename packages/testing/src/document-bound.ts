import { withOwn } from '@quantrac/conformance/with-own';
import type { Collection, DocumentStore, Put } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';

const ROOM_BYTES = 16 * 1024 * 1024 - 64 * 1024;

/** A document store that has no more room in a document than MongoDB has. */
export const boundedDocuments = (documents: DocumentStore): DocumentStore => withOwn(documents, { putMany });

async function putMany<D>(this: DocumentStore, collection: Collection<D>, puts: readonly Put<D>[]) {
  for (const { key, document } of puts) {
    const bytes = Buffer.byteLength(JSON.stringify(document));
    if (bytes > ROOM_BYTES) throw Fault.invalid('DocumentTooLarge', `${collection.name} ${key} takes ${bytes} bytes`);
  }
  return this.putMany(collection, puts);
}
