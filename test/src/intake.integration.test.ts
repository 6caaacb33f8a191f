import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  byTester,
  channelSettings,
  eventually,
  MINUTE_MS,
  registerStation,
  stationFile,
  stationFileName,
} from '@quantrac/testing';
import { account, type IntakeNode, START, startIntakeNode } from './intake-node.ts';

describe('what arrives at a node', () => {
  let node: IntakeNode;
  let prefix = '';
  let station = '';
  let count = 0;

  before(async () => {
    node = await startIntakeNode();
  });
  after(() => node.stop());

  /** Each test has a station of its own. */
  async function newStation(symbols = ['COD', 'TSS', 'pH'], user = 'logger') {
    prefix = `HCM_ABC_NT${String(++count).padStart(2, '0')}`;
    station = await registerStation(node.registry, { prefix, symbols, account: account(user) });
    await eventually(async () => {
      const [ledger] = await node.ingestion.peer.query<{ channel: string }>('ledger', { station, day: '2026-01-15' });
      assert.ok(ledger);
    });
    await eventually(async () =>
      assert.match(
        (await node.ingestion.upload({ [`${prefix}_20260101000000.txt`]: '' }, user))[0]?.outcome ?? '',
        /accepted|repeat/,
      ),
    );
  }

  const file = (time: number, values: Record<string, string>, status = '00') =>
    stationFile(
      time,
      Object.entries(values).map(([symbol, value]) => ({ symbol, value, status })),
    );
  const send = async (time: number, values: Record<string, string>, name = stationFileName(prefix, time)) =>
    (await node.ingestion.upload({ [name]: file(time, values) }))[0]!;
  const values = async () =>
    (await node.sets(station)).map(({ time, revision, readings }) => ({
      time,
      revision,
      values: Object.fromEntries(readings.map(({ channel, value }) => [channel, value])),
    }));

  it('a repeated file changes nothing and is told so', async () => {
    await newStation();
    assert.equal((await send(START, { COD: '45.3' })).outcome, 'accepted');
    assert.equal((await send(START, { COD: '45.3' })).outcome, 'repeat');
    assert.equal((await node.sets(station, 'all')).length, 1);
  });

  it('a corrected file makes a new revision of the readings it names, and the first is kept', async () => {
    await newStation();
    await send(START, { COD: '45.3', TSS: '10' });
    await send(START, { COD: '54.3', TSS: '10' });
    const versions = await node.sets(station, 'all');
    assert.deepEqual(
      versions.map(({ revision }) => revision),
      [1, 2],
    );
    assert.deepEqual(
      versions[1]!.readings.map(({ value, revision }) => [value, revision]),
      [
        ['54.3', 2],
        ['10', 1],
      ],
    );
    assert.equal(versions[0]!.readings.find(({ channel }) => channel === 'COD')!.value, '45.3');
  });

  it('A, then B, then A again is a repeat of A: the correction stays', async () => {
    await newStation();
    const name = stationFileName(prefix, START);
    await send(START, { COD: '1' }, name);
    await send(START, { COD: '2' }, name);
    assert.equal((await send(START, { COD: '1' }, name)).outcome, 'repeat');
    assert.deepEqual((await values())[0]!.values, { COD: '2' });
  });

  it('two stations that send the same bytes both keep theirs', async () => {
    await newStation();
    const [first, firstPrefix] = [station, prefix];
    await newStation();
    const text = file(START, { COD: '0' });
    const answers = await node.ingestion.upload({
      [stationFileName(firstPrefix, START)]: text,
      [stationFileName(prefix, START)]: text,
    });
    assert.deepEqual(
      answers.map(({ outcome }) => outcome),
      ['accepted', 'accepted'],
    );
    assert.equal((await node.sets(first)).length, 1);
    assert.equal((await node.sets(station)).length, 1);
  });

  it('two files of one time with different channels make one set; absence withdraws nothing', async () => {
    await newStation();
    await send(START, { COD: '1' }, `${prefix}_20260115080000.txt`);
    await send(START, { TSS: '2' }, `${prefix}_20260115080001.txt`);
    assert.deepEqual(await values(), [
      { time: new Date(START).toISOString(), revision: 2, values: { COD: '1', TSS: '2' } },
    ]);
  });

  it('a file older than the last one is ordinary, and any order gives the same sets', async () => {
    await newStation();
    const times = [30, 5, 20, 10, 25, 15, 0].map((minutes) => START - minutes * MINUTE_MS);
    for (const [index, time] of times.entries())
      assert.equal((await send(time, { COD: String(index) })).outcome, 'accepted');
    const sets = await values();
    assert.deepEqual(
      sets.map(({ time }) => Date.parse(time)),
      [...times].sort(),
    );
    assert.ok(sets.every(({ revision }) => revision === 1));
  });

  it('one bad line never costs the file its other lines, and says what to do', async () => {
    await newStation();
    const text = file(START, { COD: '45.3' }) + file(START, { TSS: 'abc' }) + file(START, { Zink: '1' });
    const [answer] = await node.ingestion.upload({ [stationFileName(prefix, START)]: text });
    assert.equal(answer!.outcome, 'held');
    assert.match(answer!.advice!, /2 of 3 lines are held.*"abc" is not a number/s);
    assert.deepEqual((await values())[0]!.values, { COD: '45.3' });
    const [held] = (await node.held()).filter((one) => one.station === station);
    assert.deepEqual(
      held!.lines.map(({ reason }) => reason),
      ['ValueNotANumber', 'ChannelUnknown'],
    );
  });

  it('a held line is taken in by itself once its channel is registered, and does not overwrite a later correction', async () => {
    await newStation(['COD']);
    await send(START, { COD: '1', Amoni: '3' });
    const later = START + 5 * MINUTE_MS;
    await node.ingestion.clock(later);
    await send(START, { COD: '2' }, `${prefix}_20260115080001.txt`);
    const settings = { ...channelSettings('NH4'), names: ['Amoni'] };
    await node.registry.handle('AddChannel', { station, channel: 'NH4', parameter: 'NH4-N', settings }, byTester());
    await eventually(async () => assert.deepEqual((await values())[0]!.values, { COD: '2', NH4: '3' }));
    const [released] = (await node.held('released')).filter((one) => one.station === station);
    assert.match(released!.cause, /^station:/);
  });

  it('a file of an unknown station is held with a proposal, and taken in once the prefix is registered', async () => {
    await newStation();
    const strange = prefix.replace('ABC', 'ABX');
    const [answer] = await node.ingestion.upload(
      { [stationFileName(strange, START)]: file(START, { COD: '7' }) },
      'logger',
    );
    assert.equal(answer!.outcome, 'held');
    assert.match(answer!.advice!, new RegExp(`no station matches "${strange}"`));
    const senders = await node.ingestion.peer.query<{ prefix: string; proposed: string }>('unknownSenders', {});
    assert.equal(senders.find((sender) => sender.prefix === strange)?.proposed, prefix.toLowerCase());
    await node.registry.handle('AddPrefix', { station, prefix: strange }, byTester());
    await eventually(async () => assert.deepEqual((await values())[0]?.values, { COD: '7' }));
    assert.equal((await node.held()).filter(({ path }) => path.startsWith(strange)).length, 0);
  });

  it('a person assigns a held file to a station', async () => {
    await newStation();
    const [answer] = await node.ingestion.upload({ [`somewhere_${randomUUID()}.txt`]: file(START, { COD: '9' }) });
    assert.equal(answer!.outcome, 'held');
    await node.ingestion.peer.handle('AssignHeldFile', { held: answer!.receipt, station }, byTester());
    assert.deepEqual((await values())[0]!.values, { COD: '9' });
  });

  it('a unit that cannot be converted is held, spellings of one unit are one', async () => {
    await newStation();
    const lines = [
      { symbol: 'COD', value: '1', unit: 'm3/h' },
      { symbol: 'TSS', value: '2', unit: 'MG/l' },
    ];
    const [answer] = await node.ingestion.upload({ [stationFileName(prefix, START)]: stationFile(START, lines) });
    assert.equal(answer!.reason, 'UnitNotConvertible');
    assert.deepEqual((await values())[0]!.values, { TSS: '2' });
  });

  it('a unit that nobody knows is held, and taken in by itself once its spelling is registered', async () => {
    await newStation(['COD']);
    const lines = [{ symbol: 'COD', value: '1', unit: 'mgl-1' }];
    const [answer] = await node.ingestion.upload({ [stationFileName(prefix, START)]: stationFile(START, lines) });
    assert.equal(answer!.reason, 'UnitUnknown');
    const settings = channelSettings('COD', { unitSpellings: [{ spelling: 'mgL-1', unit: 'mg/l' }] });
    await node.registry.handle('ChangeChannelSettings', { station, channel: 'COD', settings }, byTester());
    await eventually(async () => assert.equal((await node.sets(station))[0]?.readings[0]?.unit, 'mg/L'));
  });

  it('what a wrong clock stamped is held, and taken in with its true time once the clock is corrected', async () => {
    await newStation(['COD']);
    const woke = Date.UTC(2000, 0, 1);
    assert.equal((await send(woke, { COD: '1' })).reason, 'ClockNotSet');
    const correction = { station, from: null, offsetMs: START - woke, reason: 'the battery was empty' };
    await node.registry.handle('CorrectClock', correction, byTester());
    await eventually(async () => assert.deepEqual((await values())[0]?.values, { COD: '1' }));
    const [set] = await node.sets(station);
    assert.deepEqual([set!.time, set!.readings[0]!.clockOffsetMs], [new Date(START).toISOString(), START - woke]);
  });

  it('one channel twice in a file holds both lines', async () => {
    await newStation();
    const lines = ['1', '2'].map((value) => ({ symbol: 'COD', value }));
    const [answer] = await node.ingestion.upload({
      [stationFileName(prefix, START)]: stationFile(START, [...lines, { symbol: 'TSS', value: '3' }]),
    });
    assert.equal(answer!.reason, 'ChannelTwice');
    assert.deepEqual((await values())[0]!.values, { TSS: '3' });
  });

  it('a clock that is minutes fast is accepted as ahead, one beyond ten minutes is held with its offset', async () => {
    await newStation();
    await node.ingestion.clock(START + 10 * MINUTE_MS);
    const now = START + 10 * MINUTE_MS;
    assert.equal((await send(now + 4 * MINUTE_MS, { COD: '1' })).outcome, 'accepted');
    assert.equal((await node.sets(station))[0]!.readings[0]!.aheadMs, 4 * MINUTE_MS);
    const far = await send(now + 30 * MINUTE_MS, { COD: '2' });
    assert.equal(far.reason, 'TimeInFuture');
    assert.match(far.advice!, /30 min ahead/);
  });

  it("another station's folder is to a foreign account as one that does not exist, and a folder that disagrees with the prefix is held", async () => {
    await newStation(['COD'], 'first');
    const [first, firstPrefix] = [station, prefix];
    await newStation(['COD'], 'second');
    const text = file(START, { COD: '1' });
    const [foreign, unknown] = await node.ingestion.upload(
      Object.fromEntries([firstPrefix, 'nobody'].map((folder) => [`${folder}/${stationFileName('X', START)}`, text])),
      'second',
    );
    const told = ({ outcome, reason, advice }: typeof foreign & {}) => [outcome, reason, advice];
    assert.deepEqual(told(foreign!), told(unknown!));
    assert.equal(foreign!.outcome, 'held');
    assert.equal((await node.sets(first)).length, 0);
    await node.registry.handle('LinkAccount', { station: first, account: 'second' }, byTester());
    await eventually(async () => {
      const [answer] = await node.ingestion.upload(
        { [`${firstPrefix}/${stationFileName(prefix, START)}`]: `${text}\r\n` },
        'second',
      );
      assert.deepEqual([answer!.outcome, answer!.reason], ['held', 'StationsDisagree']);
    });
  });

  it('names that would leave the folder, or cannot be names, are refused or held, and touch nothing', async () => {
    await newStation();
    for (const path of ['../../etc/passwd.txt', '/etc/x.txt', 'a\0b.txt', `${'x'.repeat(10_000)}.txt`]) {
      const [answer] = await node.ingestion.upload({ [path]: file(START, { COD: '1' }) });
      assert.match(answer!.outcome, /refused|held/, path.slice(0, 40));
    }
    assert.equal((await node.sets(station)).length, 0);
  });

  it('ten megabytes of noise are held and the process stays up', async () => {
    await newStation();
    const noise = Buffer.alloc(9 << 20, 'q\u0001\tz \r').toString('latin1');
    const url = `${node.ingestion.httpUrl}/v1/files?path=${stationFileName(prefix, START)}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: 'Bearer logger:secret-of-logger', 'content-type': 'text/plain' },
      body: noise,
    });
    assert.equal(response.status, 202);
    assert.equal((await send(START, { COD: '1' }, `${prefix}_20260115080002.txt`)).outcome, 'accepted');
  });

  it('a wrong key is refused and nothing is learned about what exists', async () => {
    const url = `${node.ingestion.httpUrl}/v1/files?path=x.txt`;
    const answers = await Promise.all(
      ['logger:wrong', 'nobody:wrong'].map(async (key) => {
        const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: 'x' });
        return [response.status, await response.text()];
      }),
    );
    assert.equal(answers[0]![0], 401);
    assert.deepEqual(answers[0], answers[1]);
  });

  it('what is refused is counted by its reason, where a person sees it', async () => {
    const counted = async () => {
      type Counts = { refused: number; refusals: Record<string, number> };
      const [counts] = await node.ingestion.peer.query<Counts>('intakeCounts', {});
      return counts!;
    };
    await newStation();
    const before = await counted();
    await node.ingestion.upload({ 'a\0b.txt': 'x', [`${'x'.repeat(300)}.txt`]: 'x' });
    const url = `${node.ingestion.httpUrl}/v1/files?path=x.txt`;
    await fetch(url, { method: 'POST', headers: { authorization: 'Bearer nobody:wrong' }, body: 'x' });
    await fetch(url, { method: 'POST', body: 'x' });
    const { refused, refusals } = await counted();
    const more = (reason: string) => refusals[reason]! - (before.refusals[reason] ?? 0);
    assert.deepEqual(['PathUnusable', 'LoginWrong', 'LoginMissing'].map(more), [2, 1, 1]);
    assert.equal(refused - before.refused, 4);
  });

  it('a file dropped into the watched folder is taken, whatever date its folders say', async () => {
    await newStation();
    const path = join(node.data, 'inbox', prefix, '1999', '12', '31', stationFileName(prefix, START));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.tmp`, file(START, { COD: '3,5' }));
    renameSync(`${path}.tmp`, path);
    await eventually(async () => assert.deepEqual((await values())[0]?.values, { COD: '3.5' }));
  });

  it('the ledger says which expected times arrived, came late or are missing', async () => {
    await newStation(['COD']);
    const begin = START + 60 * MINUTE_MS;
    for (const minutes of [5, 10, 20]) {
      await node.ingestion.clock(begin + minutes * MINUTE_MS);
      await send(begin + minutes * MINUTE_MS, { COD: String(minutes) });
    }
    await node.ingestion.clock(begin + 60 * MINUTE_MS);
    await send(begin + 15 * MINUTE_MS, { COD: '15' });
    const [ledger] = await node.ingestion.peer.query<{ slots: { time: number; state: string }[]; late: number }>(
      'ledger',
      {
        station,
        day: '2026-01-15',
      },
    );
    const at = (minutes: number) => ledger!.slots.find(({ time }) => time === begin + minutes * MINUTE_MS)?.state;
    assert.deepEqual([5, 10, 15, 20, 25].map(at), [undefined, undefined, 'late', undefined, 'missing']);
    assert.equal(ledger!.late, 1);
  });
});
