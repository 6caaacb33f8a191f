import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SqliteBlobStore } from '@quantrac/blob-store';
import { topics } from '@quantrac/contracts';
import { SqliteDocumentStore } from '@quantrac/document-store';
import { SqliteEventLog } from '@quantrac/event-log';
import { isFault } from '@quantrac/event-sourcing';
import type { Answer } from '@quantrac/ingestion/arrivals/arrival';
import { intake } from '@quantrac/ingestion/domain/intake';
import { stationDirectory } from '@quantrac/ingestion/domain/station-directory';
import { receiptNumbers } from '@quantrac/ingestion/intake/receipt-numbers';
import { receive } from '@quantrac/ingestion/intake/receive';
import { openReserve } from '@quantrac/ingestion/intake/reserve';
import { takeIn } from '@quantrac/ingestion/intake/take-in';
import { aStation, at, MINUTE_MS } from '@quantrac/ingestion/testing/records';
import { Database } from '@quantrac/sqlite';
import { Step, sqliteStepStore } from '@quantrac/stream-processing';
import { stationFile, stationFileName, temporaryFolder } from '@quantrac/testing';
import { SqliteTimeSeries } from '@quantrac/time-series';

const silent = { info() {}, error() {} };
const PAGE_BYTES = 8192;
const RESERVE_BYTES = 4 << 20;
const START = at('08:00');

/** Intake on a file that can grow by so many bytes more, and by what the reserve gives up. */
async function intakeOnSmallDisk() {
  const folder = temporaryFolder();
  const database = new Database(join(folder, 'ingestion.sqlite'));
  const documents = await SqliteDocumentStore.open(database);
  const series = await SqliteTimeSeries.open(database);
  const log = await SqliteEventLog.open({ database, service: 'ingestion', fileOf: () => database.path });
  const blobs = await SqliteBlobStore.open(database);
  const store = await sqliteStepStore(database, { documents, series, log, blobs });
  await database.load(new URL(import.meta.resolve('@quantrac/sqlite/ledger-part')));
  const step = new Step({
    processor: intake,
    store,
    node: 'n1',
    epoch: () => 1,
    topics: [topics.observationsReceived, topics.intakeHeld],
  });
  const path = join(folder, 'reserve');
  const reserve = await openReserve(path, RESERVE_BYTES, silent);
  await reserve.restore();
  let room = Number.MAX_SAFE_INTEGER;
  const grow = (bytes: number) => database.call('ledger.limitPages', Math.floor(Math.min(bytes, 2 ** 40) / PAGE_BYTES));
  let given = 0;
  const commit = <R>(work: () => Promise<R>): Promise<R> =>
    reserve.whileFull(async () => {
      const free = RESERVE_BYTES - statSync(path).size;
      if (free > given) await grow(free - given);
      given = free;
      return work();
    });
  const taking = takeIn(step, commit);
  const numbers = receiptNumbers(documents, () => 1);
  const directory = stationDirectory([aStation()]);
  const options = {
    node: 'n1',
    instance: 'only',
    directory: () => directory,
    number: () => commit(() => numbers.take()),
    take: taking.take,
    clock: () => START,
    aheadMs: 10 * MINUTE_MS,
    missingCodes: [],
    progressed() {},
    isHeld: async () => false,
    heldMeanwhile() {},
  };
  return {
    reserveLeft: () => statSync(path).size,
    async leave(bytes: number) {
      room = bytes;
      await grow(room);
    },
    send: (time: number): Promise<Answer> => {
      // noise that no store can make small
      const noise = Array.from({ length: 2000 }, () => Math.random().toString(36)).join('');
      const text = `${stationFile(time, [{ symbol: 'COD', value: '1' }])}${noise}\tx\r\n`;
      const path = stationFileName('HCM_ABC_NT01', time);
      return receive({ way: 'http', account: undefined, path, bytes: Buffer.from(text), from: 'here' }, options);
    },
    times: async () => {
      const range = {
        collection: topics.observationsReceived.name,
        key: 'station1',
        series: 'set',
        from: 0,
        to: Infinity,
      };
      return (await series.range(range)).map(({ time }) => time);
    },
    async close() {
      await reserve.close();
      await log.close();
      await database.close();
    },
  };
}

describe('intake on a disk that is full', () => {
  it('takes files by its reserve, then tells their senders to try again, loses nothing it acknowledged, and goes on with new room', async () => {
    const disk = await intakeOnSmallDisk();
    await disk.send(START);
    await disk.leave(1 << 20);
    const acknowledged = [START];
    const refused: number[] = [];
    for (let index = 1; refused.length < 3; index++) {
      const time = START - index * 5 * MINUTE_MS;
      await disk.send(time).then(
        () => acknowledged.push(time),
        (error) => {
          assert.ok(isFault(error, 'DiskFull') && error.kind === 'unavailable', error);
          refused.push(time);
        },
      );
      assert.ok(index < 2000, 'the disk was never full');
    }
    assert.equal(disk.reserveLeft(), 0);
    assert.ok(acknowledged.length > 60, `${acknowledged.length} files found room, the reserve among them`);
    assert.deepEqual(new Set(await disk.times()), new Set(acknowledged));

    await disk.leave(64 << 20);
    for (const time of refused) assert.equal((await disk.send(time)).outcome, 'held');
    assert.deepEqual(new Set(await disk.times()), new Set([...acknowledged, ...refused]));
    await disk.close();
  });
});
