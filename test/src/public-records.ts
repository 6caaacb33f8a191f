import { join } from 'node:path';
import { topics } from '@quantrac/contracts';
import { type ReceivedRecord, SqliteEventLog } from '@quantrac/event-log';
import { storeFile } from '@quantrac/service';
import { Database } from '@quantrac/sqlite';
import { temporaryFolder } from '@quantrac/testing';
import { allRecords } from './all-records.ts';

/** Every record that the public topics of the node that works on a data folder hold. */
export async function publicRecordsOf(data: string): Promise<readonly ReceivedRecord[]> {
  const database = new Database(join(temporaryFolder(), 'reader.sqlite'));
  const log = await SqliteEventLog.open({ database, service: 'reader', fileOf: (service) => storeFile(data, service) });
  try {
    const open = Object.values(topics).filter((topic) => topic.public);
    const batches = await Promise.all(open.map((topic) => allRecords(log, topic)));
    return batches.flat();
  } finally {
    await log.close();
    await database.close();
  }
}
