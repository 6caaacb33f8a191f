import mongoose from 'mongoose';
import type { MongoCollection } from './mongo-connection.ts';

const DUPLICATE_KEY = 11_000;

/**
 * Inserts what no unique index refuses, and tells how many documents that were: said again, it inserts what is missing.
 * Those that were there are as durable as the new ones, since the server waits for all that it has seen.
 */
export async function insertAbsent<Document extends mongoose.mongo.Document>(
  collection: MongoCollection<Document>,
  documents: readonly mongoose.mongo.OptionalUnlessRequiredId<Document>[],
): Promise<number> {
  if (documents.length === 0) return 0;
  try {
    await collection.insertMany(documents, { ordered: false });
    return documents.length;
  } catch (error) {
    return documents.length - refusedAsThere(error);
  }
}

/** Throws what was more than documents that were there; the error's own count of inserted ones is that of those sent. */
function refusedAsThere(error: unknown): number {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
  const refused = [error.writeErrors].flat();
  if (error.result.getWriteConcernError() || !refused.every(({ code }) => code === DUPLICATE_KEY)) throw error;
  return refused.length;
}
