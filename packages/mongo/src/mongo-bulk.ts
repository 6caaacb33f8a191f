import mongoose from 'mongoose';
import { asFault, DUPLICATE_KEY } from './mongo-connection.ts';

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
    return duplicatesIn(error) ?? fail(error);
  }
}

function duplicatesIn(error: unknown): readonly number[] | undefined {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) return undefined;
  // the others are done, but perhaps not for good
  const concern = error.result.getWriteConcernError();
  const failed = [error.writeErrors].flat();
  if (concern || failed.length === 0 || failed.some(({ code }) => code !== DUPLICATE_KEY)) return undefined;
  return failed.map(({ index }) => index);
}

const fail = (error: unknown): never => {
  throw asFault(error);
};
