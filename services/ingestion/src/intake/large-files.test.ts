import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { formatLocalStamp } from '@quantrac/regulations';
import { portsStepStore } from '@quantrac/stream-processing';
import { stationFile } from '@quantrac/testing';
import { boundedDocuments } from '@quantrac/testing/document-bound';
import { pino } from 'pino';
import { openIntake } from '../testing/open-intake.ts';
import { aChannel, aStation, at, MINUTE_MS } from '../testing/records.ts';
import { finishBegun } from './finish-begun.ts';
import { receive } from './receive.ts';
import type { Entry } from './take-in.ts';

const TIMES = 50_000;
const path = 'HCM_ABC_NT01_20260115083000.txt';
const timeOf = (index: number) => at('08:30') - index * MINUTE_MS;
/** The newest first, as some loggers write them; every time once. */
const text = Array.from({ length: TIMES }, (_, index) => `COD\t1\tmg/L\t${formatLocalStamp(timeOf(index))}\t00\n`);

describe('one file of very many times', () => {
  it('is taken in part by part, whole, and is a repeat when it comes again', async (test) => {
    const intake = await openIntake(test, [aStation()]);
    const file = { path, text: text.concat('Zink\t1\tmg/L\t20260115083000\t00\n').join('') };
    const answer = await intake.send(file);
    assert.ok(answer.outcome === 'held');
    assert.match(answer.advice, /^1 of 50001 lines are held/);
    const sets = await intake.sets();
    assert.deepEqual([sets.length, sets.filter(({ revision }) => revision > 1).length], [TIMES, 0]);
    assert.ok(intake.largest() <= 20_000);
    assert.equal((await intake.send(file)).outcome, 'repeat');
  });

  it('overwrites nothing that a later file corrected while it was taken in', async (test) => {
    const intake = await openIntake(test, [aStation()]);
    const sending = intake.send({ path, text: text.join('') });
    await intake.sent(1);
    await intake.send({
      path: path.replace('0000.txt', '0001.txt'),
      text: stationFile(timeOf(0), [{ symbol: 'COD', value: '2' }]),
    });
    await sending;
    assert.equal((await intake.sets()).at(-1)!.readings[0]!.value, '2');
  });

  it('cut off between two parts is finished from its bytes, once and by who began it, and overwrites nothing that came since', async (test) => {
    const intake = await openIntake(test, [aStation({ channels: [aChannel('COD')] })]);
    const lines = text.slice(0, 25_000);
    const file = { path, text: lines.join('') };
    let parts = 1;
    const take = async <Answer>(entry: Entry): Promise<Answer> => {
      if (parts-- === 0) throw new Error('killed');
      return intake.options.take(entry);
    };
    const arrival = { way: 'http', account: undefined, path, bytes: Buffer.from(file.text), from: 'here' } as const;
    await assert.rejects(receive(arrival, { ...intake.options, take }), /killed/);
    const oldest = timeOf(lines.length - 1);
    const correction = stationFile(oldest, [{ symbol: 'COD', value: '2' }]);
    await intake.send({ path: path.replace('0000.txt', '0001.txt'), text: correction });

    const start = (instance: string) => {
      parts = 2;
      return finishBegun(intake.documents, { ...intake.options, take, instance }, pino({ level: 'silent' }));
    };
    await start('another');
    assert.equal(parts, 2);
    await start('only');
    assert.equal(parts, 0);
    await start('only');
    assert.equal(parts, 2);
    const [first, ...others] = await intake.sets();
    assert.deepEqual([first!.readings[0]!.value, others.length], ['2', lines.length - 1]);
    assert.deepEqual([...new Set(others.map(({ root }) => root))], ['receipt:n1/1']);
    assert.equal((await intake.send(file)).outcome, 'repeat');
  });
});

describe('where a cell with its effects is one document', () => {
  const symbols = ['COD', 'TSS', 'NH4', 'As', 'Hg', 'Pb', 'Cd', 'Cr6', 'Zn', 'Cu', 'Ni', 'Fe'];
  const station = aStation({ channels: symbols.map((symbol) => aChannel(symbol)) });
  const lines = (times: number, from: number, sent: readonly string[], value: string) =>
    Array.from({ length: times }, (_, index) => {
      const stamp = formatLocalStamp(from - index * 5 * MINUTE_MS);
      return sent.map((symbol) => `${symbol}\t${value}\tmg/L\t${stamp}\t00\n`).join('');
    }).join('');
  const opened = (test: TestContext) =>
    openIntake(test, [station, aStation({ station: 'station2', prefixes: ['HCM_DEF_NT02'] })], (stores) =>
      portsStepStore({ ...stores, documents: boundedDocuments(stores.documents) }),
    );

  it('sixty days of a station that come together are taken in, and what comes of another with them', async (test) => {
    const intake = await opened(test);
    const days = Array.from({ length: 60 }, (_, day) => {
      const from = at('08:30') - day * 24 * 60 * MINUTE_MS;
      return { path: `HCM_ABC_NT01_${formatLocalStamp(from)}.txt`, text: lines(288, from, symbols.slice(0, 8), '7.5') };
    });
    const other = { path: 'HCM_DEF_NT02_20260115083000.txt', text: 'COD\t1\tmg/L\t20260115083000\t00\n' };
    const answers = await Promise.all([...days, other].map((file) => intake.send(file)));
    assert.deepEqual(new Set(answers.map(({ outcome }) => outcome)), new Set(['accepted']));
  });

  it('a file that corrects one channel of many times, each of which has many, is taken in', async (test) => {
    const intake = await opened(test);
    const whole = { path, text: lines(10_000, at('08:30'), symbols, '1.25') };
    const corrected = { path: path.replace('0000.txt', '0001.txt'), text: lines(10_000, at('08:30'), ['COD'], '2') };
    for (const file of [whole, corrected]) assert.equal((await intake.send(file)).outcome, 'accepted');
    const sets = await intake.sets();
    assert.deepEqual(
      new Set(sets.map(({ revision, readings }) => `${revision} ${readings.length}`)),
      new Set(['2 12']),
    );
  });
});
