import { Fault } from '@quantrac/event-sourcing';
import mongoose from 'mongoose';
import { asFault, DUPLICATE_KEY, type MongoCollection } from './mongo-connection.ts';

/** What a document may take beside its largest text: names, keys, what is extracted. */
const ROOM_FOR_THE_REST = 64 * 1024;
/** A server takes 16 MB a document. */
export const LARGEST_TEXT = 16 * 1024 * 1024 - ROOM_FOR_THE_REST;

/** Runs a bulk write; which of its writes a unique index refused. Throws as `asking` does when anything else failed. */
export async function refusedAsDuplicates(write: () => Promise<unknown>): Promise<readonly number[]> {
  try {
    await write();
    return [];
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoBulkWriteError) return duplicatesIn(error);
    throw asFault(error);
  }
}

/**
 * Inserts what no unique index refuses, and tells how many documents that were: said again, it inserts what is missing.
 * Those that were there are as durable as the new ones, since the server waits for all that it has seen.
 */
export async function insertAbsent<Document extends mongoose.mongo.Document>(
  collection: MongoCollection<Document>,
  documents: readonly mongoose.mongo.OptionalUnlessRequiredId<Document>[],
): Promise<number> {
  if (documents.length === 0) return 0;
  const refused = await refusedAsDuplicates(() => collection.insertMany(documents, { ordered: false }));
  return documents.length - refused.length;
}

function duplicatesIn(error: mongoose.mongo.MongoBulkWriteError): readonly number[] {
  const concern = error.result.getWriteConcernError();
  if (concern)
    throw Fault.unavailable(
      'MongoAway',
      `MongoDB may not keep what it wrote (${concern.errmsg}): see the server`,
      error,
    );
  const failed = [error.writeErrors].flat();
  // none: a lost connection, for example, which the driver wraps as well
  if (failed.length === 0 || failed.some(({ code }) => code !== DUPLICATE_KEY)) throw asFault(error);
  return failed.map(({ index }) => index);
}
