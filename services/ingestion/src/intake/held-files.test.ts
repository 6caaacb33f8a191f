import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StationRecorded } from '@quantrac/contracts';
import { eventually, stationFile } from '@quantrac/testing';
import { openIntake } from '../testing/open-intake.ts';
import { aChannel, aStation, at } from '../testing/records.ts';
import { release } from './release.ts';
import { heldFiles } from './releases.ts';

const PATH = 'HCM_ABC_NT09_20260115083000.txt';
const cod = (value: string) => stationFile(at('08:30'), [{ symbol: 'COD', value }]);
const valuesOf = (sets: Awaited<ReturnType<Awaited<ReturnType<typeof openIntake>>['sets']>>) =>
  sets.map(({ readings }) => Object.fromEntries(readings.map(({ channel, value }) => [channel, value])));

describe('a file that no station takes', () => {
  it('is another one when another account sends it, and each is taken in when its account is linked', async (test) => {
    const intake = await openIntake(test);
    for (const account of ['one', 'two', 'one'])
      assert.equal((await intake.send({ path: PATH, text: cod('1'), account })).outcome, 'held');
    await intake.send({ path: PATH.replace('.txt', '.TXT'), text: cod('1'), account: 'two' });
    assert.deepEqual(
      (await intake.held()).map(({ account }) => account),
      ['one', 'two'],
    );
    await intake.register(aStation({ prefixes: [], accounts: ['two'] }));
    await eventually(async () => assert.deepEqual(valuesOf(await intake.sets()), [{ COD: '1' }]));
    assert.deepEqual(
      (await intake.held()).map(({ account }) => account),
      ['one'],
    );
  });

  it('is another one when two accounts send it at the same moment', async (test) => {
    const intake = await openIntake(test);
    await Promise.all(['one', 'two', 'one'].map((account) => intake.send({ path: PATH, text: cod('1'), account })));
    assert.deepEqual((await intake.held()).map(({ account }) => account).sort(), ['one', 'two']);
  });
});

describe('a file that a person has dismissed', () => {
  it('is not taken in by who had read before that that it was held', async (test) => {
    const intake = await openIntake(test);
    const path = 'HCM_ABC_NT01_20260115083000.txt';
    await intake.send({ path, text: cod('1') });
    const [held] = await intake.held();
    const asRead = (await intake.documents.get(heldFiles, held!.held))!.document;
    await intake.ask('DismissHeldFile', { held: held!.held, reason: 'a test of the logger' });
    await intake.register(aStation());
    assert.equal(await release(asRead, intake.options), 'held');
    assert.deepEqual(await intake.sets(), []);
  });
});

describe('a file that two stations claim', () => {
  const one = aStation({ prefixes: ['HCM_ABC_NT09'], folder: { code: 'F1', layout: 1 }, accounts: ['one'] });
  const two = aStation({ station: 'two', prefixes: ['X'], folder: { code: 'F2', layout: 1 }, accounts: ['two'] });
  const later = (record: StationRecorded, changed: Partial<StationRecorded>) => ({ ...record, version: 2, ...changed });
  const cases = {
    'the prefix is taken from the other station': {
      path: `F2/${PATH}`,
      other: { ...two, prefixes: [] },
      change: later(one, { prefixes: [] }),
      taker: 'two',
    },
    'the other station gets another folder': {
      path: `F1/${PATH.replace('HCM_ABC_NT09', 'X')}`,
      other: two,
      change: later(one, { folder: { code: 'F3', layout: 1 } }),
      taker: 'two',
    },
  };
  for (const [when, { path, other, change, taker }] of Object.entries(cases))
    it(`is taken in once ${when}`, async (test) => {
      const intake = await openIntake(test, [one, other]);
      const answer = await intake.send({ path, text: cod('1') });
      assert.equal('reason' in answer && answer.reason, 'StationsDisagree');
      await intake.register(change);
      await eventually(async () => assert.deepEqual(valuesOf(await intake.sets(taker)), [{ COD: '1' }]));
    });

  it('is taken in once its account no longer uploads for a station that it does not name', async (test) => {
    const linked = later(two, { prefixes: [], accounts: ['one'] });
    const intake = await openIntake(test, [
      aStation({ prefixes: [], accounts: ['one'] }),
      { ...linked, folder: undefined! },
    ]);
    await intake.send({ path: PATH, text: cod('1'), account: 'one' });
    assert.equal((await intake.held()).length, 1);
    await intake.register({ ...linked, folder: undefined!, version: 3, accounts: [] });
    await eventually(async () => assert.deepEqual(valuesOf(await intake.sets()), [{ COD: '1' }]));
  });

  it('is judged by a restored register, though its record has the same version', async (test) => {
    const intake = await openIntake(test, [aStation({ prefixes: ['other'] })]);
    await intake.send({ path: PATH, text: cod('1') });
    await intake.register(aStation({ prefixes: ['HCM_ABC_NT09'], cause: 'command:2' }));
    await eventually(async () => assert.deepEqual(valuesOf(await intake.sets()), [{ COD: '1' }]));
  });
});

describe('a last line that may have been cut', () => {
  it('is taken in when a person says that it is whole, and by nothing else', async (test) => {
    const intake = await openIntake(test, [aStation({ prefixes: ['HCM_ABC_NT09'] })]);
    const text = '20260115083000\tTSS\t1\n20260115083000\tCOD\t45.3';
    const answer = await intake.send({ path: PATH, text });
    assert.ok(answer.outcome === 'held' && answer.reason === 'LineCut');
    await intake.reprocess(answer.receipt, { anew: true });
    assert.deepEqual(valuesOf(await intake.sets()), [{ TSS: '1' }]);
    await intake.reprocess(answer.receipt, { anew: true, lastLineIsWhole: true });
    assert.deepEqual(valuesOf(await intake.sets()), [{ COD: '45.3', TSS: '1' }]);
  });
});

describe('lines that a wrong clock stamped, or whose unit nobody knows', () => {
  const prefixes = ['HCM_ABC_NT09'];
  const cases = {
    'ahead of the clock': {
      text: stationFile(at('09:30'), [{ symbol: 'COD', value: '1' }]),
      reason: 'TimeInFuture',
      change: { clockCorrections: [{ from: null, offsetMs: -3_600_000 }] },
      unit: 'mg/L',
    },
    'of a clock that was not set': {
      text: stationFile(at('08:00', '2000-01-01'), [{ symbol: 'COD', value: '1' }]),
      reason: 'ClockNotSet',
      change: { clockCorrections: [{ from: null, offsetMs: at('08:30') - at('08:00', '2000-01-01') }] },
      unit: 'mg/L',
    },
    'in a unit that is registered nowhere': {
      text: stationFile(at('08:30'), [{ symbol: 'COD', value: '1', unit: 'mgl-1' }]),
      reason: 'UnitUnknown',
      change: { channels: [aChannel('COD', { unitSpellings: [{ spelling: 'mgL-1', unit: 'mg/L' }] })] },
      unit: 'mg/L',
    },
  };
  for (const [which, { text, reason, change, unit }] of Object.entries(cases))
    it(`are held, and taken in by themselves once that is registered: ${which}`, async (test) => {
      const intake = await openIntake(test, [aStation({ prefixes })]);
      const answer = await intake.send({ path: PATH, text });
      assert.equal('reason' in answer && answer.reason, reason);
      await intake.register(aStation({ prefixes, version: 2, ...change }));
      await eventually(async () => assert.deepEqual(await intake.held(), []));
      const [set] = await intake.sets();
      assert.deepEqual([set!.time, set!.readings[0]!.unit], [new Date(at('08:30')).toISOString(), unit]);
    });
});

describe('held lines that find no place', () => {
  it('are read again when the channels of their station change, and at no other change', async (test) => {
    const prefixes = ['HCM_ABC_NT09'];
    const intake = await openIntake(test, [aStation({ prefixes })]);
    const text = stationFile(at('08:30'), [{ symbol: 'Zink', value: '1' }]);
    await intake.send({ path: PATH, text });
    await intake.register(aStation({ prefixes, version: 2, name: 'Trạm khác' }));
    await intake.released();
    assert.equal(intake.reads(), 0);
    const channels = [aChannel('COD'), aChannel('TOC')];
    await intake.register(aStation({ prefixes, version: 3, channels }));
    await intake.released();
    await intake.register(aStation({ prefixes, version: 4, channels, name: 'Trạm' }));
    await intake.released();
    assert.equal(intake.reads(), 1);
    const [held] = await intake.held();
    assert.deepEqual([held!.version, held!.lines.length], [1, 1]);
  });
});
