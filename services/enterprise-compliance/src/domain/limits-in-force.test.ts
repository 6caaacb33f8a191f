import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aRule } from '../testing/builders.ts';
import type { AssignedStandard, MeasuredChannel, MeasuredStation, PermitDemand } from './demand.ts';
import { limitsInForce } from './limits-in-force.ts';

const keptIn = (unit: string, basis?: string) => [{ from: null, unit, ...(basis && { basis }) }];
const cod: MeasuredChannel = { channel: 'cod', parameter: 'COD', keptIn: keptIn('mg/L') };
const wastewater = (...channels: MeasuredChannel[]): MeasuredStation => ({
  station: 's1',
  kind: 'wastewater',
  channels,
});
const permit = (changes: Partial<PermitDemand> = {}): PermitDemand => ({
  permit: 'p1',
  facility: 'f1',
  from: '2024-01-01',
  to: null,
  rules: [aRule()],
  ...changes,
});
const all = (station: MeasuredStation, permits: PermitDemand[], assigned: AssignedStandard[] = []) =>
  limitsInForce(station, { permits, memberships: [{ facility: 'f1', from: '2020-05-01', to: null }], assigned });
const daily = (...demanded: Parameters<typeof all>) => all(...demanded).filter(({ basis }) => basis === '24h');

test('COD in column A with Kq 0.9 and Kf 1.0 is limited to 67.5 mg/L, and says that nobody confirmed it', () => {
  const [limit] = daily(wastewater(cod), [permit()]);
  assert.deepEqual([limit?.lower, limit?.upper, limit?.unit], [null, '67.5', 'mg/L']);
  assert.deepEqual(limit?.factors, { Kq: '0.9', Kf: '1.0' });
  assert.deepEqual([limit?.permit, limit?.facility, limit?.unconfirmed], ['p1', 'f1', true]);
});

test('pH is an interval and takes no factor', () => {
  const ph: MeasuredChannel = { channel: 'ph', parameter: 'pH', keptIn: keptIn('-') };
  const rules = [aRule({ channel: 'ph', factors: { Kq: '0.6', Kf: '0.9' } })];
  const [limit] = daily(wastewater(ph), [permit({ rules })]);
  assert.deepEqual([limit?.lower, limit?.upper, limit?.factors], ['6', '9', {}]);
});

test('the same value is watched over the hour, and over nothing that the rule does not name', () => {
  const bases = (rules: PermitDemand['rules']) =>
    all(wastewater(cod), [permit({ to: '2025-12-31', rules })]).map(({ limit, upper, method }) => [
      limit,
      upper,
      method,
    ]);
  const day = ['24h', '67.5', 'mean-of-readings'];
  assert.deepEqual(bases([aRule()]), [['1h', '67.5', undefined], day]);
  assert.deepEqual(bases([aRule({ watch: [] })]), [day]);
});

test("the permit's own number holds where it is stricter, and is confirmed", () => {
  const upper = (value: string) => {
    const [limit] = daily(wastewater(cod), [permit({ rules: [aRule({ value: { upper: value, unit: 'mg/L' } })] })]);
    return [limit?.upper, limit?.unconfirmed];
  };
  assert.deepEqual(upper('50'), ['50', false]);
  assert.deepEqual(upper('80'), ['67.5', true]);
  assert.deepEqual(upper('0'), ['0', false]);
});

test('under QCVN 40:2025 a limit needs its number in the permit; without it the limit says so', () => {
  const rule = { standard: 'QCVN 40:2025/BTNMT', factors: undefined };
  const from = '2025-09-01';
  const [without] = daily(wastewater(cod), [permit({ from, rules: [aRule(rule)] })]);
  assert.deepEqual([without?.upper, without?.reason], [null, 'table-unknown']);
  const own = aRule({ ...rule, value: { upper: '60', unit: 'mg/L' } });
  const [withNumber] = daily(wastewater(cod), [permit({ from, rules: [own] })]);
  assert.deepEqual([withNumber?.upper, withNumber?.reason, withNumber?.unconfirmed], ['60', undefined, false]);
});

test('QCVN 40:2011 ends with 2031, and what follows has no number', () => {
  const spans = daily(wastewater(cod), [permit()]).map(({ from, to, upper, reason }) => [from, to, upper, reason]);
  assert.deepEqual(spans, [
    ['2024-01-01', '2031-12-31', '67.5', undefined],
    ['2032-01-01', null, null, 'standard-not-in-force'],
  ]);
});

test('before NĐ 08/2022 each reading was compared, since then the mean of the day', () => {
  const rules = [aRule({ watch: [] })];
  const limits = all(wastewater(cod), [permit({ from: '2021-06-01', to: '2022-06-30', rules })], []);
  const spans = limits.map(({ basis, from, to }) => [basis, from, to]);
  assert.deepEqual(spans, [
    ['24h', '2022-01-10', '2022-06-30'],
    ['reading', '2021-06-01', '2022-01-09'],
  ]);
});

test('limits stand in the unit and basis in which the channel is kept', () => {
  const upper = (channel: MeasuredChannel) => {
    const [limit] = daily(wastewater(channel), [permit({ rules: [aRule({ channel: channel.channel })] })]);
    return [limit?.upper, limit?.unit, limit?.reason];
  };
  assert.deepEqual(upper({ ...cod, keptIn: keptIn('µg/L') }), ['67500', 'µg/L', undefined]);
  assert.deepEqual(upper({ ...cod, keptIn: keptIn('m3/h') }), [null, 'm3/h', 'unit-not-convertible']);
  const ammonium = { channel: 'nh4', parameter: 'NH4-N' };
  assert.equal(upper({ ...ammonium, keptIn: keptIn('mg/L', 'N') })[0], '4.5');
  assert.equal(upper({ ...ammonium, keptIn: keptIn('mg/L', 'NH4') })[0], '5.7953523');
});

test('a channel that changes its unit has its limit in the new one from that day on', () => {
  const changed = { ...cod, keptIn: [...keptIn('mg/L'), { from: '2025-03-01', unit: 'µg/L' }] };
  const spans = daily(wastewater(changed), [permit({ to: '2025-12-31' })]).map(({ from, to, upper }) => [
    from,
    to,
    upper,
  ]);
  assert.deepEqual(spans, [
    ['2024-01-01', '2025-02-28', '67.5'],
    ['2025-03-01', '2025-12-31', '67500'],
  ]);
});

test('a newer permit takes the place of an older one from its first day, and gives it back', () => {
  const newer = permit({ permit: 'p2', from: '2025-01-01', to: '2025-12-31', rules: [aRule({ column: 'B' })] });
  const spans = (permits: PermitDemand[]) =>
    daily(wastewater(cod), permits).map(({ permit: by, from, to, upper }) => [by, from, to, upper]);
  const expected = [
    ['p1', '2024-01-01', '2024-12-31', '67.5'],
    ['p2', '2025-01-01', '2025-12-31', '135'],
    ['p1', '2026-01-01', '2026-12-31', '67.5'],
  ];
  const older = permit({ to: '2026-12-31' });
  assert.deepEqual(spans([older, newer]), expected);
  assert.deepEqual(spans([newer, older]), expected);
});

test('a station of ambient air gets the 1 h, 8 h and 24 h limits of its standard, and PM2.5 is 45 since 2026', () => {
  const air = (channel: string, parameter: string): MeasuredChannel => ({
    channel,
    parameter,
    keptIn: keptIn('µg/Nm3'),
  });
  const station: MeasuredStation = {
    station: 's1',
    kind: 'ambient-air',
    channels: [air('o3', 'O3'), air('pm', 'PM2.5'), air('t', 'Temp')],
  };
  const assigned: AssignedStandard = {
    standard: 'QCVN 05:2023/BTNMT',
    from: '2025-01-01',
    to: null,
    earlyWarning: '0.7',
    method: 'mean-of-readings',
  };
  const limits = all(station, [], [assigned]);
  assert.deepEqual(
    limits.map(({ channel, limit, from, to, upper, unconfirmed }) => [channel, limit, from, to, upper, unconfirmed]),
    [
      ['o3', '1h', '2025-01-01', null, '200', true],
      ['o3', '8h', '2025-01-01', null, '120', false],
      ['pm', '24h', '2025-01-01', '2025-12-31', '50', false],
      ['pm', '24h', '2026-01-01', null, '45', false],
    ],
  );
  assert.deepEqual(all({ ...station, kind: 'wastewater' }, [], [assigned]), []);
});

test('a parameter that the standard does not limit is told as such when a permit names it', () => {
  const oxygen: MeasuredChannel = { channel: 'do', parameter: 'DO', keptIn: keptIn('mg/L') };
  const [limit] = daily(wastewater(oxygen), [permit({ rules: [aRule({ channel: 'do' })] })]);
  assert.deepEqual([limit?.lower, limit?.upper, limit?.reason], [null, null, 'parameter-not-limited']);
});
