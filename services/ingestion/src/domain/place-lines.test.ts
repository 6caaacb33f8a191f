import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Channel, type StationRecorded, settingsAt } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import fc from 'fast-check';
import { aChannel, aStation, at, HOUR_MS, instantAt, MINUTE_MS } from '../testing/records.ts';
import { placeLines } from './place-lines.ts';
import { parseStationFile } from './station-file.ts';

const arrived = at('08:31');
const stamp = '20260115083000';

function placed(text: string, channels: readonly Channel[] = aStation().channels) {
  const { lines, faults } = parseStationFile(Buffer.from(text));
  assert.deepEqual(faults, []);
  return placeLines(lines, aStation({ channels: [...channels] }), { at: arrived, aheadMs: 10 * MINUTE_MS });
}

const reasons = (text: string, channels?: readonly Channel[]) =>
  placed(text, channels).held.map(({ reason }) => reason);

describe('placing lines', () => {
  it('gives each line the channel that bears its name, in NFC and without case, with a space or a comma in it', () => {
    const channels = [aChannel('PM2.5', { names: ['PM2,5'], unit: 'µg/m3' }), aChannel('Water Level', { unit: 'm' })];
    const decomposed = aChannel('Flow', { names: ['Lưu lượng'.normalize('NFC')], unit: 'm3/h' });
    const lines = ['pm2,5\t12\tug/m3', 'WATER LEVEL\t3\tm', `${'lưu lượng'.normalize('NFD')}\t7\tm³/h`];
    const { readings, held } = placed(lines.map((line) => `${line}\t${stamp}\t00\n`).join(''), [
      ...channels,
      decomposed,
    ]);
    assert.deepEqual(held, []);
    assert.deepEqual(
      readings.map(({ channel, value }) => [channel, value]),
      [
        ['PM2.5', '12'],
        ['Water Level', '3'],
        ['Flow', '7'],
      ],
    );
  });

  it('keeps value, unit and status as sent, and takes a missing-value code as none whatever the status says', () => {
    const { readings } = placed(`COD\t<45,30\tMG/l\t${stamp}\t02\nTSS\t-999.0\tmg/L\t${stamp}\t00\n`);
    assert.deepEqual(readings, [
      { channel: 'COD', value: '45.30', qualifier: '<', unit: 'MG/l', status: '02', time: at('08:30'), line: 1 },
      { channel: 'TSS', value: null, unit: 'mg/L', status: '00', time: at('08:30'), line: 2 },
    ]);
  });

  it('assumes the unit that is registered as sent where a line names none', () => {
    const cod = aChannel('COD', { unit: 'mg/L', unitSent: 'g/L' });
    assert.equal(placed(`COD\t1\t${stamp}\t00\n`, [cod]).readings[0]!.unit, 'g/L');
  });

  it('holds a line whose channel, unit or basis is not known, and no other', () => {
    const nh4 = aChannel('NH4', { basisSent: 'NH4', basis: 'Cl' });
    const text = ['Zink\t1\tmg/L', 'COD\t1\tm3/h', 'TSS\t1\tpints', 'NH4\t1\tmg/L', 'pH\t7\t-']
      .map((line) => `${line}\t${stamp}\t00\n`)
      .join('');
    const { readings, held } = placed(text, [...aStation().channels, nh4]);
    assert.deepEqual(
      held.map(({ line, reason }) => [line, reason]),
      [
        [1, 'ChannelUnknown'],
        [2, 'UnitNotConvertible'],
        [3, 'UnitUnknown'],
        [4, 'UnitNotConvertible'],
      ],
    );
    assert.deepEqual(
      readings.map(({ channel }) => channel),
      ['pH'],
    );
    assert.match(held[0]!.advice, /no channel of the station is called "Zink": add the name/);
  });

  it('takes a cubic metre for a normal one in ambient air alone', () => {
    const channels = [aChannel('PM2.5', { unit: 'µg/Nm3' })];
    const { lines } = parseStationFile(Buffer.from(`PM2.5\t35\tug/m3\t${stamp}\t00\n`));
    const read = (kind: StationRecorded['kind']) =>
      placeLines(lines, aStation({ kind, channels }), { at: arrived, aheadMs: 0 });
    assert.equal(read('ambient-air').readings.length, 1);
    assert.equal(read('stack').held[0]!.reason, 'UnitNotConvertible');
  });

  it('holds every line of a channel that comes more than once at a time, by whichever of its names', () => {
    const cod = aChannel('COD', { names: ['COD', 'COD2'] });
    const lines = ['COD', 'TSS', 'COD2', 'cod'].map((name) => `${name}\t1\tmg/L\t${stamp}\t00\n`).join('');
    const { readings, held } = placed(lines, [cod, aChannel('TSS')]);
    assert.deepEqual(
      held.map(({ line, reason }) => [line, reason]),
      [
        [1, 'ChannelTwice'],
        [3, 'ChannelTwice'],
        [4, 'ChannelTwice'],
      ],
    );
    assert.deepEqual(
      readings.map(({ line }) => line),
      [2],
    );
    assert.equal(placed(`COD\t1\tmg/L\t${stamp}\t00\nCOD\t1\tmg/L\t20260115083500\t00\n`).readings.length, 2);
  });

  it('accepts up to ten minutes ahead of arrival and says how far; beyond, the line is held with the offset', () => {
    const text = ['20260115084100', '20260115084101', '20260115090100']
      .map((time) => `COD\t1\tmg/L\t${time}\t00\n`)
      .join('');
    const { readings, held } = placed(text);
    assert.deepEqual(
      readings.map(({ aheadMs }) => aheadMs),
      [10 * MINUTE_MS],
    );
    assert.deepEqual(
      held.map(({ reason }) => reason),
      ['TimeInFuture', 'TimeInFuture'],
    );
    assert.match(held[1]!.advice, /30 min ahead/);
  });

  it('holds what a clock that was never set has stamped', () => {
    assert.deepEqual(reasons('COD\t1\tmg/L\t19700101070500\t00\nCOD\t1\tmg/L\t20000101000500\t00\n'), [
      'ClockNotSet',
      'ClockNotSet',
    ]);
  });

  it('goes by the names and units in force at the time of the line, the first ones before their date too', () => {
    const old = aChannel('COD', { names: ['CODold'] });
    const cod = {
      ...old,
      settings: [...old.settings, { ...old.settings[0]!, from: instantAt('08:00'), names: ['COD'] }],
    };
    const before = '20260115075500';
    const lines = `CODold\t1\tmg/L\t${before}\t00\nCOD\t1\tmg/L\t${before}\t00\nCOD\t1\tmg/L\t${stamp}\t00\nCODold\t1\tmg/L\t${stamp}\t00\n`;
    const { readings, held } = placed(lines, [cod]);
    assert.deepEqual(
      readings.map(({ line }) => line),
      [1, 3],
    );
    assert.deepEqual(
      held.map(({ line, reason }) => [line, reason]),
      [
        [2, 'ChannelUnknown'],
        [4, 'ChannelUnknown'],
      ],
    );
  });

  describe('of a station whose clock is wrong', () => {
    const clockCorrections = [
      { from: null, offsetMs: 7 * HOUR_MS },
      { from: instantAt('09:00'), offsetMs: 0 },
      { from: instantAt('10:00'), offsetMs: -30 * MINUTE_MS },
    ];
    const readAt = (arrivedAt: number, line: string, changed: Partial<StationRecorded> = { clockCorrections }) => {
      const { lines } = parseStationFile(Buffer.from(line));
      const { readings, held } = placeLines(lines, aStation(changed), { at: arrivedAt, aheadMs: 10 * MINUTE_MS });
      return [
        ...readings.map(({ time, clockOffsetMs }) => [time, clockOffsetMs]),
        ...held.map(({ reason }) => [reason]),
      ];
    };
    const utc = 'COD\t1\tmg/L\t20260115013000\t00\n';
    const local = 'COD\t1\tmg/L\t20260115083000\t00\n';

    it('gives the true time, by the correction in force when the file arrived, and says so', () => {
      assert.deepEqual(readAt(arrived, utc), [[at('08:30'), 7 * HOUR_MS]]);
      assert.deepEqual(readAt(at('09:01'), local), [[at('08:30'), undefined]]);
      assert.deepEqual(readAt(at('10:01'), 'COD\t1\tmg/L\t20260115103000\t00\n'), [[at('10:00'), -30 * MINUTE_MS]]);
    });

    it('leaves a stamp as it is that would lie in the future then', () => {
      assert.deepEqual(readAt(arrived, local), [[at('08:30'), undefined]]);
    });

    it('finds the time of a logger that woke in 1970', () => {
      const woke = [{ from: null, offsetMs: at('08:00') - at('07:05', '1970-01-01') }];
      const line = 'COD\t1\tmg/L\t19700101071000\t00\n';
      assert.deepEqual(readAt(arrived, line, {}), [['ClockNotSet']]);
      assert.deepEqual(readAt(arrived, line, { clockCorrections: woke }), [[at('08:05'), woke[0]!.offsetMs]]);
    });
  });

  it('takes a spelling that is registered for the unit that it means, before any other meaning, and tells that unit', () => {
    const unitSpellings = [
      { spelling: 'Đơn vị', unit: 'mg/L' },
      { spelling: 'ppm', unit: 'µg/L' },
    ];
    const cod = aChannel('COD', { unitSpellings });
    const text = `COD\t1\t${'đơn VỊ'.normalize('NFD')}\t${stamp}\t00\nCOD\t1\tppm\t20260115082500\t00\nTSS\t1\tppm\t${stamp}\t00\n`;
    const { readings, held } = placed(text, [cod, aChannel('TSS')]);
    assert.deepEqual(
      readings.map(({ unit }) => unit),
      ['mg/L', 'µg/L'],
    );
    assert.deepEqual(
      held.map(({ line, reason }) => [line, reason]),
      [[3, 'UnitNotConvertible']],
    );
  });

  it('finds for every name and time the channel that the settings in force say', () => {
    const names = ['a', 'b', 'c'];
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 4 });
    const settings = hours.chain((from) =>
      fc.tuple(
        ...from
          .toSorted((x, y) => x - y)
          .map((hour, index) =>
            fc.subarray(names, { minLength: 1 }).map((some) => ({
              ...aChannel('x').settings[0]!,
              names: some,
              from: index === 0 && hour % 2 === 0 ? null : instantAt(`0${hour}:00`),
            })),
          ),
      ),
    );
    fc.assert(
      fc.property(fc.array(settings, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 7 }), (all, hour) => {
        const channels = all.map((one, index): Channel => ({ channel: `c${index}`, parameter: 'COD', settings: one }));
        const time = at(`0${hour}:30`);
        const lines = names.map((name) => `${name}\t1\tmg/L\t202601150${hour}3000\t00\n`);
        for (const [index, name] of names.entries()) {
          const wanted = channels.find((channel) => settingsAt(channel, toInstant(time)).names.includes(name));
          assert.equal(placed(lines[index]!, channels).readings[0]?.channel, wanted?.channel);
        }
      }),
    );
  });
});
