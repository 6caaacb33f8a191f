import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileHeld } from '@quantrac/contracts';
import { stationFile } from '@quantrac/testing';
import type { UnknownSender } from '../domain/unknown-senders.ts';
import { openIntake } from '../testing/open-intake.ts';
import { aStation, at } from '../testing/records.ts';

const FILES = 5000;
const AT_ONCE = 500;
const names = Array.from({ length: FILES }, (_, index) => `X${index}_20260115083000.txt`);
const text = stationFile(at('08:30'), [{ symbol: 'COD', value: '1' }]);

type Intake = Awaited<ReturnType<typeof openIntake>>;

async function sendAll(intake: Intake, files: number, folder = ''): Promise<void> {
  for (let from = 0; from < files; from += AT_ONCE)
    await Promise.all(names.slice(from, from + AT_ONCE).map((name) => intake.send({ path: `${folder}${name}`, text })));
}

describe('thousands of files that are held', () => {
  it('of as many unknown senders are kept each, in a cell that does not grow and lists that end', async (test) => {
    const intake = await openIntake(test);
    await sendAll(intake, FILES);
    assert.ok((await intake.cell('n1')).length < 10_000);
    const counts = await intake.query<{ held: number }>('intakeCounts');
    assert.equal(counts[0]!.held, FILES);
    assert.equal((await intake.query<FileHeld>('held')).length, 1000);
    assert.equal((await intake.query<FileHeld>('held', { limit: 10_000 })).length, FILES);
    const senders = await intake.query<UnknownSender>('unknownSenders', { limit: 50 });
    assert.deepEqual([senders.length, senders[0]!.files], [50, 1]);
    // the newest names are in the cell, the others in the store
    for (const name of [names[0]!, names[FILES / 2]!]) await intake.send({ path: name, text });
    assert.equal((await intake.query<FileHeld>('held', { limit: 10_000 })).length, FILES);
  });

  it('of one station are kept each beside its readings, and all are taken in once they find their place', async (test) => {
    const folder = { code: 'NT01', layout: 1 };
    const intake = await openIntake(test, [aStation({ prefixes: [], folder, channels: [] })]);
    await sendAll(intake, 1000, 'NT01/');
    assert.ok((await intake.cell('station1')).length < 10_000);
    assert.equal((await intake.query<FileHeld>('held', { station: 'station1', limit: 400 })).length, 400);
    await intake.register(aStation({ version: 2, prefixes: [], folder }));
    await intake.released();
    assert.deepEqual(await intake.query<FileHeld>('held', { station: 'station1' }), []);
    assert.deepEqual((await intake.sets()).length, 1);
    assert.ok((await intake.cell('station1')).length < 10_000);
  });
});
