import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stationFile, stationFileName } from '@quantrac/testing';
import fc from 'fast-check';
import { aChannel, aStation, at, HOUR_MS, MINUTE_MS } from '../testing/records.ts';
import { stationIntake, type TestFile } from '../testing/station-intake.ts';
import { stationDirectory } from './station-directory.ts';

const PREFIX = 'HCM_ABC_NT01';
const START = at('08:00');

const aFile = (time: number, values: Record<string, string>, changed: Partial<TestFile> = {}): TestFile => ({
  path: stationFileName(PREFIX, time),
  text: stationFile(
    time,
    Object.entries(values).map(([symbol, value]) => ({ symbol, value })),
  ),
  at: time + MINUTE_MS,
  ...changed,
});

const valuesOf = (intake: ReturnType<typeof stationIntake>) =>
  intake.sets().map(({ time, data }) => [time, data.readings.map(({ channel, value }) => [channel, value])]);

describe('what a cell decides about a file', () => {
  it('a repeat is known by name and bytes, even after a correction, and changes nothing', () => {
    const intake = stationIntake();
    const first = aFile(START, { COD: '1' });
    intake.send(first);
    intake.send(aFile(START, { COD: '2' }));
    intake.send({ ...first, at: START + HOUR_MS });
    assert.deepEqual(
      intake.receipts().map(({ outcome }) => outcome),
      ['accepted', 'accepted', 'repeat'],
    );
    assert.deepEqual(intake.state().counts, { accepted: 2, held: 0, repeat: 1 });
    assert.deepEqual(valuesOf(intake), [[START, [['COD', '2']]]]);
  });

  it('a repeat is known by its name in NFC without case, with .txt or without', () => {
    const intake = stationIntake();
    const path = `Trạm_1_20260115080000.txt`;
    const first = aFile(START, { COD: '1' }, { path: path.normalize('NFC') });
    intake.send(first);
    intake.send(aFile(START, { COD: '2' }, { path }));
    for (const spelled of [path.normalize('NFD'), path.toUpperCase(), path.replace('.txt', '')])
      intake.send({ ...first, path: spelled });
    assert.deepEqual(
      intake.receipts().map(({ outcome }) => outcome),
      ['accepted', 'accepted', 'repeat', 'repeat', 'repeat'],
    );
    assert.deepEqual(valuesOf(intake), [[START, [['COD', '2']]]]);
  });

  it('a repeat is known when its first line finds a channel only later, and when neither name nor lines carry a time', () => {
    const intake = stationIntake(aStation({ channels: [aChannel('COD')] }));
    const day = {
      path: 'NT01.txt',
      text:
        stationFile(START - HOUR_MS, [{ symbol: 'NH4', value: '1' }]) +
        stationFile(START, [{ symbol: 'COD', value: '2' }]),
      at: START,
    };
    intake.send(day);
    intake.register({ channels: [aChannel('COD'), aChannel('NH4')] });
    intake.send(day);
    const timeless = { path: 'NT01.txt', text: 'COD\tabc\r\n', at: START };
    intake.send(timeless);
    intake.send({ ...timeless, at: START + HOUR_MS });
    assert.deepEqual(
      intake.receipts().map(({ outcome }) => outcome),
      ['held', 'repeat', 'held', 'repeat'],
    );
  });

  it('a file whose lines are all held says so, and what is held is told with its first reason', () => {
    const intake = stationIntake();
    intake.send(aFile(START, { Zink: '1', COD: 'abc' }));
    const [held] = intake.held();
    assert.deepEqual(
      [held!.state, held!.reason, held!.lines.map(({ reason }) => reason)],
      ['held', 'ChannelUnknown', ['ChannelUnknown', 'ValueNotANumber']],
    );
  });

  it('of a file with thousands of held lines a hundred are described and all are taken in when they can be', () => {
    const intake = stationIntake(aStation({ channels: [aChannel('COD')] }));
    const lines = Array.from({ length: 500 }, (_, index) => {
      const time = START - index * 5 * MINUTE_MS;
      return stationFile(
        time,
        ['COD', 'NH4'].map((symbol) => ({ symbol, value: String(index) })),
      );
    });
    const file = { path: stationFileName(PREFIX, START), text: lines.join(''), at: START };
    intake.send(file);
    const [document] = intake.documents();
    assert.deepEqual([document!.lines.length, document!.linesLeftOut], [100, 400]);
    intake.register({ channels: [aChannel('COD'), aChannel('NH4')] });
    intake.release(document!, file.text, START + MINUTE_MS);
    assert.equal(intake.sets().length, 500);
    assert.ok(intake.sets().every(({ data, version }) => data.readings.length === 2 && version === 2));
    assert.deepEqual([intake.documents()[0]!.state, intake.documents()[0]!.lines], ['released', []]);
  });

  it('a release does not overwrite what a later receipt corrected, and says what caused it', () => {
    const intake = stationIntake(aStation({ channels: [aChannel('COD')] }));
    const file = aFile(START, { COD: '1', NH4: '3' });
    intake.send(file);
    intake.send(aFile(START, { COD: '2' }, { path: `${PREFIX}_20260115080001.txt` }));
    intake.register({ channels: [aChannel('COD'), aChannel('NH4')] });
    intake.release(intake.documents()[0]!, file.text, START + HOUR_MS);
    assert.deepEqual(valuesOf(intake), [
      [
        START,
        [
          ['COD', '2'],
          ['NH4', '3'],
        ],
      ],
    ]);
    const [set] = intake.sets();
    assert.deepEqual([set!.data.cause, set!.data.root], ['release:n1/1', 'receipt:n1/1']);
    assert.equal(set!.data.stationVersion, 2);
  });

  it('a line that was accepted stays as it was placed, whatever its name means by the time the others are released', () => {
    const intake = stationIntake(aStation({ channels: [aChannel('COD'), aChannel('TSS')] }));
    const file = aFile(START, { COD: '1', NH4: '3' });
    intake.send(file);
    intake.register({
      channels: [aChannel('COD', { names: ['old'] }), aChannel('TSS', { names: ['TSS', 'COD', 'NH4'] })],
    });
    intake.release(intake.documents()[0]!, file.text, START + HOUR_MS);
    assert.deepEqual(valuesOf(intake), [[START, [['COD', '1']]]]);
    assert.deepEqual(
      intake.documents()[0]!.lines.map(({ line, reason }) => [line, reason]),
      [[2, 'ChannelTwice']],
    );
  });

  it('what is released stays held in part, with its new reason, its station and what it waits for', () => {
    const intake = stationIntake(aStation({ channels: [aChannel('COD')] }));
    const file = aFile(START, { COD: '1', NH4: '3', Zn: '4' });
    intake.sendUnknown(file, stationDirectory([]));
    const [unplaced] = intake.documents();
    assert.deepEqual([unplaced!.waitsForPrefix, unplaced!.station, unplaced!.cell], ['hcm_abc_nt01', null, 'n1']);
    intake.register({ channels: [aChannel('COD'), aChannel('NH4')] });
    intake.release(unplaced!, file.text, START + HOUR_MS);
    const [document] = intake.documents();
    const { state, station, reason, waitsForStation, waitsForPrefix, version, lines } = document!;
    assert.deepEqual(
      { state, station, reason, waitsForStation, waitsForPrefix, version, lines: lines.length },
      {
        state: 'held',
        station: 'station1',
        reason: 'ChannelUnknown',
        waitsForStation: 'station1',
        waitsForPrefix: undefined,
        version: 2,
        lines: 1,
      },
    );
    assert.equal(intake.held('n1').at(-1)!.version, 2);
  });

  it('of two who settle a held file the second changes nothing', () => {
    const intake = stationIntake();
    intake.send(aFile(START, { Zink: '1' }));
    const [document] = intake.documents();
    const dismissal = {
      document: document!,
      state: 'dismissed',
      at: START + HOUR_MS,
      cause: 'command:1',
      reason: 'test',
    } as const;
    assert.equal(intake.settle(dismissal).length, 2);
    assert.deepEqual(intake.settle({ ...dismissal, state: 'released', cause: 'station:2' }), []);
    const [held] = intake.held();
    assert.deepEqual([held!.state, held!.version, held!.advice], ['dismissed', 2, 'test']);
  });

  it('the same unknown file again is not held twice', () => {
    const intake = stationIntake();
    const file = aFile(START, { COD: '1' });
    intake.sendUnknown(file, stationDirectory([]));
    intake.sendUnknown({ ...file, at: START + HOUR_MS }, stationDirectory([]), true);
    intake.sendUnknown(aFile(START, { COD: '2' }), stationDirectory([]));
    assert.equal(intake.held('n1').length, 2);
    assert.deepEqual(
      intake.receipts('n1').map(({ outcome }) => outcome),
      ['held', 'repeat', 'held'],
    );
  });

  it('of two copies of an unknown file that arrive at once, before the store knows either, one is held', () => {
    const intake = stationIntake();
    const file = aFile(START, { COD: '1' });
    intake.sendUnknown(file, stationDirectory([]), false);
    intake.sendUnknown({ ...file, at: START + 1 }, stationDirectory([]), false);
    assert.deepEqual(
      intake.receipts('n1').map(({ outcome }) => outcome),
      ['held', 'repeat'],
    );
  });

  it('what becomes known never lies before what was known, though the clock is set back', () => {
    const intake = stationIntake();
    intake.send(aFile(START, { COD: '1' }, { at: START + HOUR_MS }));
    intake.send(aFile(START, { COD: '2' }, { at: START }));
    const known = intake.setVersions().map(({ knownAt }) => knownAt);
    assert.deepEqual(known, [START + HOUR_MS, START + HOUR_MS + 1]);
  });

  it('a late set is told at the next look, in order behind it', () => {
    const intake = stationIntake();
    intake.look(START);
    for (let time = START; time <= START + HOUR_MS; time += 5 * MINUTE_MS)
      if (time !== START + 30 * MINUTE_MS) intake.send(aFile(time, { COD: '1' }));
    intake.look(START + 75 * MINUTE_MS);
    const before = intake.advances();
    intake.send(aFile(START + 30 * MINUTE_MS, { COD: '1' }, { at: START + 80 * MINUTE_MS }));
    intake.look(START + 80 * MINUTE_MS);
    const told = intake.advances().at(-1)!;
    assert.equal(intake.advances().length, before.length + 1);
    assert.ok(told.knownAt > intake.setVersions().at(-1)!.data.knownAt);
  });
});

describe('any order, any batching', () => {
  /** Files of a day that do not contradict each other: no two give the same channel at the same time another value. */
  const files = fc
    .uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 20 }), fc.subarray(['COD', 'TSS', 'pH', 'Zink'], { minLength: 1 })),
      {
        minLength: 1,
        maxLength: 25,
        selector: ([slot, symbols]) => `${slot} ${symbols.join()}`,
      },
    )
    .map((sent) =>
      sent.map(([slot, symbols], index) => {
        const time = START + slot * 5 * MINUTE_MS;
        const values = Object.fromEntries(symbols.map((symbol) => [symbol, `${slot}.${symbol.length}0`]));
        return aFile(time, values, {
          path: `${PREFIX}_${index}_${stationFileName('', time)}`,
          at: START + 3 * HOUR_MS,
        });
      }),
    );
  const shuffled = files.chain((sent) =>
    fc.tuple(fc.constant(sent), fc.shuffledSubarray(sent, { minLength: sent.length, maxLength: sent.length })),
  );

  it('any order of files that do not contradict each other gives equal current sets', () => {
    fc.assert(
      fc.property(shuffled, ([sent, other]) => {
        const [one, two] = [stationIntake(), stationIntake()];
        for (const file of sent) one.send(file);
        for (const file of other) two.send(file);
        assert.deepEqual(valuesOf(one), valuesOf(two));
      }),
    );
  });

  it('any order of files, held and released in between, gives equal current sets', () => {
    fc.assert(
      fc.property(shuffled, fc.nat(24), ([sent, other], registeredAfter) => {
        const zink = { channels: [...aStation().channels, aChannel('Zink', { unit: 'mg/L' })] };
        const one = stationIntake(aStation(zink));
        for (const file of sent) one.send(file);
        const two = stationIntake();
        other.forEach((file, index) => {
          if (index === registeredAfter) two.register(zink);
          two.send(file);
        });
        if (registeredAfter >= other.length) two.register(zink);
        const texts = new Map(other.map(({ path, text }) => [path, text]));
        for (const document of two.documents()) two.release(document, texts.get(document.path)!, START + 4 * HOUR_MS);
        assert.deepEqual(valuesOf(one), valuesOf(two));
      }),
    );
  });

  it('who is not asked at a look would have had nothing told', () => {
    const events = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { maxLength: 80 });
    fc.assert(
      fc.property(events, (sent) => {
        const [some, all] = [stationIntake(), stationIntake()];
        let now = START;
        for (const [slot, wait] of sent) {
          if (wait) now += slot * MINUTE_MS;
          const time = START + slot * 5 * MINUTE_MS;
          for (const intake of [some, all]) if (!wait) intake.send(aFile(time, { COD: String(slot) }, { at: now }));
          some.look(now);
          all.look(now, 'everybody');
        }
        assert.deepEqual(some.advances(), all.advances());
      }),
    );
  });

  it('versions rise only when the result changed', () => {
    fc.assert(
      fc.property(shuffled, ([sent, other]) => {
        const intake = stationIntake();
        for (const file of sent) intake.send(file);
        const before = intake.setVersions().length;
        other.forEach((file, index) => {
          intake.send({ ...file, path: `again_${index}_${file.path}` });
        });
        assert.equal(intake.setVersions().length, before);
      }),
    );
  });
});
