import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Delivery } from './deliveries.ts';
import type { StationDescription } from './description.ts';
import { faultKinds } from './faults.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

const start = Date.UTC(2026, 0, 14, 17);
const minuteMs = 60_000;
const day: SimulateOptions = { stations: 12, hours: 24, start, seed: 7 };
const sound: SimulateOptions = { ...day, faults: [] };

interface Line {
  readonly symbol: string;
  readonly value: string;
  readonly time: number;
  readonly status: string;
}

/** What a plain reader makes of the lines of a file that is not broken: no symbol or unit here holds a space. */
function linesOf({ bytes }: Delivery): readonly Line[] {
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter(Boolean);
  return lines.map((line) => {
    const columns = line.split(/[\t ]+/);
    const timeAt = columns.findIndex((column) => /^\d{14}$/.test(column));
    const [symbol, value] = timeAt === 0 ? columns.slice(1) : columns;
    const status = timeAt === 0 ? '00' : (columns[timeAt + 1] ?? '00');
    return { symbol: symbol!, value: value!.replace(',', '.'), time: timeOf(columns[timeAt]!), status };
  });
}

function timeOf(stamp: string): number {
  const [, ...parts] = /^(....)(..)(..)(..)(..)(..)$/.exec(stamp)!.map(Number);
  const [year, month, date, hour, minute, second] = parts as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, date, hour - 7, minute, second);
}

const nameTime = ({ path }: Delivery): number => timeOf(path.slice(-18, -4));
const digest = (deliveries: Iterable<Delivery>): string =>
  [...deliveries].map(({ at, path, bytes }) => hash('sha256', `${at} ${path} ${hash('sha256', bytes)}`)).join();

function injected(options: SimulateOptions, kind: (typeof faultKinds)[number]) {
  const simulation = simulate(options);
  const fault = simulation.describe().faults.find((fault) => fault.kind === kind)!;
  const sent = [...simulation.deliveries()].filter(({ stationCode }) => stationCode === fault.stationCode);
  const values = (kind === 'broken-file' ? [] : sent.flatMap(linesOf)).filter(({ symbol }) => symbol === fault.channel);
  const inside = values.filter(({ time }) => time >= fault.from && time < fault.to);
  return { fault, sent, values, inside, at: (time: number) => sent.filter((file) => nameTime(file) === time) };
}
const only = (kind: (typeof faultKinds)[number]) => injected({ ...day, faults: [kind] }, kind);

describe('a simulation', () => {
  test('is the same for the same seed, and another for another', () => {
    assert.equal(digest(simulate(day).deliveries()), digest(simulate(day).deliveries()));
    assert.notEqual(digest(simulate(day).deliveries()), digest(simulate({ ...day, seed: 8 }).deliveries()));
  });

  test('sends in the order of time', () => {
    const times = [...simulate(day).deliveries()].map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
  });

  test('makes a file only when it is taken', () => {
    const endless = simulate({ stations: 50, hours: 24 * 366, start, channels: 10 });
    const [first] = endless.deliveries();
    assert.ok(first!.at > start);
  });

  test('shows all kinds, ways and folder layouts with ten stations', () => {
    const { stations } = simulate({ ...sound, stations: 10 }).describe();
    const distinct = <T>(of: (station: StationDescription) => T) => new Set(stations.map(of)).size;
    assert.deepEqual(
      [distinct(({ kind }) => kind), distinct(({ way }) => way), distinct(({ layout }) => layout)],
      [4, 3, 10],
    );
    assert.equal(
      distinct(({ code }) => code),
      10,
    );
    assert.equal(
      distinct(({ prefix }) => prefix),
      10,
    );
  });

  test('writes names and folders as loggers do', () => {
    const [station] = simulate({ ...sound, stations: 1 }).describe().stations;
    const [first] = simulate({ ...sound, stations: 1 }).deliveries();
    assert.match(first!.path, /^NT7-001\/2026\/01\/15\/HCM_[A-Z]{3}_NT7-001_20260115000500\.txt$/);
    assert.equal(first!.path, `NT7-001/2026/01/15/${station!.prefix}_20260115000500.txt`);
  });

  test('shows tabs, spaces, both line ends, commas and a byte order mark', () => {
    const files = [...simulate({ ...sound, hours: 1 }).deliveries()].map(({ bytes }) => Buffer.from(bytes).toString());
    const usual = [
      /^\S+\t\S+\t\S+\t\d{14}\t00\r\n/,
      /^\d{14}\t/,
      /^\d{14} {2}/,
      /^\S+ \S+ \S+ \d{14} 00\r\n/,
      /[^\r]\n/,
      /^\uFEFF/,
    ];
    for (const habit of [...usual, /^PM2,5\t/m, /\t\d+,\d\t/, /^Flow_in\t/m, /^Flow_out\t/m, /^\S+\t[\d.]+\t\d{14}\t/])
      assert.ok(
        files.some((file) => habit.test(file)),
        String(habit),
      );
  });

  test('sends twelve files within seconds of an hour for a station that delivers hourly', () => {
    const simulation = simulate({ ...sound, hours: 3 });
    const hourly = simulation.describe().stations.find(({ deliveryMs }) => deliveryMs === 60 * minuteMs)!;
    const sent = [...simulation.deliveries()].filter(({ stationCode }) => stationCode === hourly.code);
    assert.equal(sent.length, 36);
    for (const burst of [sent.slice(0, 12), sent.slice(12, 24), sent.slice(24)]) {
      assert.ok(burst.at(-1)!.at - burst[0]!.at < 10_000);
      assert.ok(burst[0]!.at > nameTime(burst.at(-1)!));
    }
  });

  test('without faults every channel has one value for each stamp, sent within five minutes', () => {
    const simulation = simulate(sound);
    const sent = [...simulation.deliveries()];
    const { tally, stations, faults, unknownStations } = simulation.describe();
    assert.deepEqual([sent.length, faults.length, unknownStations.length], [12 * 288, 0, 0]);
    const channels = stations.reduce((sum, { channels }) => sum + channels.length, 0);
    assert.equal(
      new Set(sent.flatMap((file) => linesOf(file).map(({ symbol, time }) => `${file.stationCode} ${symbol} ${time}`)))
        .size,
      channels * 288,
    );
    assert.equal(tally.readings.distinct, channels * 288);
    const prompt = new Set(
      stations.filter(({ deliveryMs, intervalMs }) => deliveryMs === intervalMs).map(({ code }) => code),
    );
    for (const file of sent.filter(({ stationCode }) => prompt.has(stationCode)))
      assert.ok(file.at - nameTime(file) > 0 && file.at - nameTime(file) <= 5 * minuteMs);
  });

  test('without faults no value passes a limit or a threshold that the description gives', () => {
    const simulation = simulate({ ...sound, stations: 8, channels: 10 });
    const sent = [...simulation.deliveries()];
    for (const station of simulation.describe().stations) {
      const lines = sent.filter(({ stationCode }) => stationCode === station.code).flatMap(linesOf);
      for (const { symbol, quality, limit } of station.channels) {
        const values = lines.filter((line) => line.symbol === symbol).map(({ value }) => Number(value));
        const where = `${station.code} ${symbol}`;
        assert.ok(Math.max(...values) < Number(limit?.max ?? quality.grossRange.fail.max), where);
        assert.ok(Math.min(...values) > Number(limit?.min ?? quality.grossRange.fail.min) || symbol === 'O2', where);
        for (let at = 1; at < values.length - 1; at++) {
          const [before, value, after] = values.slice(at - 1, at + 2) as [number, number, number];
          assert.ok(Math.abs(value - before) / 5 < Number(quality.rateOfChange.suspect), where);
          assert.ok(Math.abs(value - (before + after) / 2) < Number(quality.spike.suspect), where);
        }
        if (quality.flatLine) assert.ok(longestRun(values) < quality.flatLine.suspectAfter, where);
      }
    }
  });

  test('values follow the day, and those of a slow analyser stay for its cycle', () => {
    const simulation = simulate({ ...sound, stations: 2 });
    const lines = [...simulation.deliveries()].flatMap(linesOf);
    const around = (symbol: string, localHour: number) => {
      const from = start + (localHour - 1) * 60 * minuteMs;
      const values = lines.filter(
        (line) => line.symbol === symbol && line.time > from && line.time <= from + 120 * minuteMs,
      );
      return values.reduce((sum, { value }) => sum + Number(value), 0) / values.length;
    };
    assert.ok(around('O3', 13) - around('O3', 1.5) > 40);
    assert.ok(around('RH', 5) - around('RH', 17) > 12);
    const cod = simulation.describe().stations[0]!.channels.find(({ symbol }) => symbol === 'COD')!;
    assert.equal(cod.analyserCycleMs, 30 * minuteMs);
    const cycles = Map.groupBy(
      lines.filter(({ symbol }) => symbol === 'COD'),
      ({ time }) => Math.floor(time / (30 * minuteMs)),
    );
    const perCycle = [...cycles.values()].map((cycle) => new Set(cycle.map(({ value }) => value)).size);
    assert.deepEqual(new Set(perCycle), new Set([1]));
  });

  test('some loggers rename and some do not, and some prefixes are a station alone', () => {
    const { stations } = simulate({ ...sound, hours: 1 }).describe();
    assert.ok(stations.some(({ prefix, code }) => prefix === code));
    const sent = [...simulate({ ...sound, hours: 1 }).deliveries()];
    assert.deepEqual(new Set(sent.map(({ renames }) => renames)), new Set([true, false]));
  });

  test('of another seed is of other stations, so that both can live at one node', () => {
    const names = (seed: number) =>
      simulate({ ...day, seed })
        .describe()
        .stations.flatMap(({ code, prefix, name }) => [code, prefix, name]);
    assert.ok(!names(1).some((name) => names(2).includes(name)));
  });

  test('refuses options that make no sense and names them', () => {
    assert.throws(() => simulate({ ...day, stations: 0 }), /stations is 0/);
    assert.throws(() => simulate({ ...day, hours: 1.5 }), /hours is 1.5/);
    assert.throws(() => simulate({ ...day, channels: 11 }), /channels is 11/);
    assert.throws(() => simulate({ ...day, intervalMinutes: 60 }), /intervalMinutes is 60/);
    assert.throws(() => simulate({ ...day, start: Number.NaN }), /start is NaN/);
  });
});

function longestRun(values: readonly number[]): number {
  let longest = 1;
  let run = 1;
  for (let at = 1; at < values.length; at++) {
    run = values[at] === values[at - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

describe('the faults', () => {
  test('are all made in a day of twelve stations, and each can be chosen alone', () => {
    const whole = { ...day, hours: 26 };
    const { faults, leftOut } = simulate(whole).describe();
    assert.deepEqual(faults.map(({ kind }) => kind).toSorted(), faultKinds.toSorted());
    assert.deepEqual(leftOut, []);
    for (const kind of faultKinds)
      assert.deepEqual(
        simulate({ ...whole, faults: [kind] })
          .describe()
          .faults.map((fault) => fault.kind),
        [kind],
      );
  });

  test('say so where the time is too short for them', () => {
    const { leftOut } = simulate({ ...day, hours: 2 }).describe();
    assert.ok(leftOut.some(({ kind, reason }) => kind === 'outage' && reason.includes('20 hours')));
  });

  test('are spread over the stations', () => {
    const { faults } = simulate({ ...day, stations: 24 }).describe();
    assert.equal(new Set(faults.map(({ stationCode }) => stationCode)).size, faults.length);
  });

  test('exceedance: five whole hours far above the limit and no other, whenever the day begins', () => {
    for (const startMs of [start, start + 35 * minuteMs]) {
      const { fault, values, inside } = injected({ ...day, start: startMs, faults: ['exceedance'] }, 'exceedance');
      const { stations } = simulate(day).describe();
      const station = stations.find(({ code }) => code === fault.stationCode)!;
      const { limit, quality } = station.channels.find(({ symbol }) => symbol === fault.channel)!;
      const { basis, max } = limit!;
      const hourly = Map.groupBy(values, ({ time }) => Math.ceil(time / (60 * minuteMs)));
      const means = [...hourly.values()].map(
        (hour) => hour.reduce((sum, { value }) => sum + Number(value), 0) / hour.length,
      );
      const above = means.filter((mean) => mean > Number(max));
      assert.deepEqual([basis, above.length, (fault.to - fault.from) / minuteMs], ['1h', 5, 300]);
      assert.ok(above.every((mean) => mean > 1.4 * Number(max)));
      const climbs = values
        .slice(1)
        .map(({ value }, index) => Math.abs(Number(value) - Number(values[index]!.value)) / 5);
      assert.ok(Math.max(...climbs) < Number(quality.rateOfChange.fail));
      assert.ok(longestRun(inside.map(({ value }) => Number(value))) < quality.flatLine!.suspectAfter);
    }
  });

  test('exceeding day: five hours that lift a whole day above its limit, and waver as all that is measured does', () => {
    const whole = { ...day, hours: 26, faults: ['exceeding-day'] as const };
    const { fault, values, inside } = injected(whole, 'exceeding-day');
    const station = simulate(whole)
      .describe()
      .stations.find(({ code }) => code === fault.stationCode)!;
    const { limit, quality } = station.channels.find(({ symbol }) => symbol === fault.channel)!;
    const ofDay = values.filter(({ time }) => time > start && time <= start + 24 * 60 * minuteMs);
    const mean = ofDay.reduce((sum, { value }) => sum + Number(value), 0) / ofDay.length;
    assert.deepEqual([station.kind, limit!.basis, inside.length], ['wastewater', '24h', 60]);
    assert.ok(mean > Number(limit!.max), `${mean}`);
    assert.ok(longestRun(inside.map(({ value }) => Number(value))) < quality.flatLine!.suspectAfter);
  });

  test('outage: fourteen hours come an hour late and out of order, and nothing is missing', () => {
    const { fault, sent } = only('outage');
    const late = sent.filter((file) => nameTime(file) >= fault.from && nameTime(file) < fault.to);
    assert.equal(late.length, 14 * 12);
    assert.ok(late.every(({ at }) => at >= fault.to + 60 * minuteMs));
    assert.notDeepEqual(late.map(nameTime), late.map(nameTime).toSorted());
    assert.equal(new Set(sent.map(nameTime)).size, 288);
  });

  test('repeated file: the same name and bytes, later', () => {
    const { fault, at } = only('repeated-file');
    const [first, second] = at(fault.from) as [Delivery, Delivery];
    assert.deepEqual([first.path, first.bytes], [second.path, second.bytes]);
    assert.ok(second.at > first.at);
  });

  test('corrected file: the same name, one value another', () => {
    const { fault, at } = only('corrected-file');
    const [first, second] = at(fault.from) as [Delivery, Delivery];
    assert.equal(first.path, second.path);
    const before = linesOf(first);
    const changed = linesOf(second).filter(({ value }, index) => value !== before[index]!.value);
    assert.deepEqual(
      changed.map(({ symbol }) => symbol),
      [fault.channel],
    );
  });

  test('broken file: text, an unknown status, bytes that are no text, and a cut', () => {
    const { fault, at } = only('broken-file');
    const text = Buffer.from(at(fault.from)[0]!.bytes).toString('latin1');
    assert.match(text, /\tERR\t/);
    assert.match(text, /\t07\r?\n/);
    assert.match(text, /\0\xff/);
    assert.doesNotMatch(text, /\n$/);
  });

  test('fast clock: stamps four minutes ahead of the moment they are made', () => {
    const fast = only('fast-clock').sent;
    assert.ok(fast.every((file) => nameTime(file) > file.at && nameTime(file) - file.at < 4 * minuteMs));
  });

  test('stuck sensor, calibration, device error and missing value show for as long as they say', () => {
    const stuck = only('stuck-sensor').inside;
    assert.equal(stuck.length, 36);
    assert.equal(new Set(stuck.map(({ value }) => value)).size, 1);
    const { inside, values } = only('calibration');
    assert.deepEqual([inside.length, values.filter(({ status }) => status === '01').length], [9, 9]);
    assert.ok(inside.every(({ status }) => status === '01'));
    assert.ok(only('device-error').inside.every(({ status, value }) => status === '02' && Number(value) === 0));
    assert.deepEqual(new Set(only('missing-value').inside.map(({ value }) => value)), new Set(['-999']));
  });

  test('spike and drift stand out from the same day without them', () => {
    const spike = only('spike');
    const usual = spike.values.filter(({ time }) => time !== spike.fault.from).map(({ value }) => Number(value));
    assert.ok(Number(spike.inside[0]!.value) > Math.max(...usual));
    const { fault, values } = only('drift');
    const clean = [...simulate(sound).deliveries()]
      .filter(({ stationCode }) => stationCode === fault.stationCode)
      .flatMap(linesOf)
      .filter(({ symbol }) => symbol === fault.channel);
    const differences = values.map(({ value }, index) => Number(value) - Number(clean[index]!.value));
    assert.ok(differences.at(-1)! > 5 * differences[30]!);
  });

  test('unknown station, unknown unit and future value are where they are said to be', () => {
    const stranger = simulate(day).describe().unknownStations[0]!;
    assert.equal(only('unknown-station').sent.length, 288);
    assert.ok(
      !simulate(day)
        .describe()
        .stations.some(({ code }) => code === stranger.code),
    );
    const unit = only('unknown-unit');
    const line = Buffer.from(unit.at(unit.fault.from)[0]!.bytes)
      .toString()
      .split('\n')
      .find((text) => text.includes('NTU'));
    assert.match(line!, new RegExp(`\\b${unit.fault.channel}\\b`));
    const future = only('future-value');
    assert.equal(future.values.filter(({ time }) => time > start + 25 * 60 * 60_000).length, 1);
  });
});

describe('the tally', () => {
  test('is what the files say, counted by another reader', () => {
    for (const options of [day, { ...day, stations: 1 }, { ...day, stations: 3, hours: 6, intervalMinutes: 2 }]) {
      const simulation = simulate(options);
      const { tally, faults, unknownStations } = simulation.describe();
      const sent = [...simulation.deliveries()];
      const strangers = new Set(unknownStations.map(({ code }) => code));
      const broken = faults.find(({ kind }) => kind === 'broken-file');
      const isBroken = (file: Delivery) => file.stationCode === broken?.stationCode && nameTime(file) === broken.from;
      const whole = sent.filter((file) => !strangers.has(file.stationCode) && !isBroken(file));
      const last = new Map<string, Line>();
      for (const file of whole)
        for (const line of linesOf(file))
          if (line.time === nameTime(file)) last.set(`${file.stationCode} ${line.symbol} ${line.time}`, line);
      const brokenGives = sent
        .filter(isBroken)
        .map((file) => Buffer.from(file.bytes).toString().split('\n').length - 4);
      const unitsHeld = faults.filter(({ kind }) => kind === 'unknown-unit').length;
      assert.equal(tally.files.sent, sent.length);
      assert.equal(tally.files.ftp + tally.files.http + tally.files.folder, sent.length);
      assert.equal(tally.readings.distinct, last.size - unitsHeld + (brokenGives[0] ?? 0));
      const final = [...last.values()];
      assert.equal(tally.readings.corrected, 1);
      assert.equal(tally.readings.missing, final.filter(({ value }) => value === '-999').length);
      assert.equal(tally.readings.calibration, final.filter(({ status }) => status === '01').length);
      assert.equal(tally.readings.deviceError, final.filter(({ status }) => status === '02').length);
    }
  });

  test('names each fault that holds lines', () => {
    assert.deepEqual(
      ['broken-file', 'unknown-unit', 'future-value', 'spike'].map(
        (kind) => simulate({ ...day, faults: [kind as 'spike'] }).describe().tally.heldLines,
      ),
      [4, 1, 1, 0],
    );
  });
});
