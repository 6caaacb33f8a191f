import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testFlag, testNames } from '@quantrac/contracts';
import { type Decimal, decimalOf, type Flag, flags } from '@quantrac/regulations';
import fc from 'fast-check';
import { deviceStatus } from './device-status.ts';
import { flatLine } from './flat-line.ts';
import { grossRange } from './gross-range.ts';
import { rateOfChange } from './rate-of-change.ts';
import { spike } from './spike.ts';
import { allMissing, testFlagsOf, withTestFlag } from './test-flags.ts';
import { timeChecks } from './time-checks.ts';

const d = decimalOf;
const thresholds = (suspect?: string, fail?: string) => ({
  suspect: suspect === undefined ? undefined : d(suspect),
  fail: fail === undefined ? undefined : d(fail),
});
const MINUTE_MS = 60_000;

test('device status: measuring passes, calibration is suspect, a device error fails', () => {
  assert.deepEqual([deviceStatus('00'), deviceStatus('01'), deviceStatus('02')], [1, 3, 4]);
});

test('gross range: a bound is inside, beyond the suspect range is suspect, beyond the other fails', () => {
  const range = { fail: { min: d('0'), max: d('100') }, suspect: { max: d('80.5') } };
  const flag = (value: string) => grossRange(d(value), range);
  assert.deepEqual(
    [flag('80.50'), flag('80.51'), flag('100'), flag('100.01'), flag('0'), flag('-0.01')],
    [1, 3, 3, 4, 1, 4],
  );
});

test('gross range: a minimum of 0 is a minimum, and a range without bounds is no test', () => {
  assert.equal(grossRange(d('-1'), { fail: { min: d('0') }, suspect: {} }), 4);
  assert.equal(grossRange(d('-1'), { fail: {}, suspect: {} }), 2);
  assert.equal(grossRange(d('-1'), undefined), 2);
});

test('spike: what stands out from both neighbours is as high as it stands over the nearer, exactly at the threshold', () => {
  const flag = (value: string) => spike(d(value), d('1.1'), d('1.2'), thresholds('0.3', '1'));
  assert.deepEqual([flag('1.5'), flag('1.501'), flag('0.8'), flag('0.799'), flag('2.21')], [1, 3, 1, 3, 4]);
});

test('spike: between its neighbours, on a slope or at a step, a reading is none', () => {
  assert.equal(spike(d('5'), d('1'), d('9'), thresholds('1')), 1);
  assert.equal(spike(d('9'), d('1'), d('9'), thresholds('1')), 1);
  assert.equal(spike(d('9'), d('9'), d('1'), thresholds('1')), 1);
});

test('spike: one neighbour near enough says that there is none, one far away says nothing', () => {
  assert.equal(spike(d('9'), d('8'), undefined, thresholds('1')), 1);
  assert.equal(spike(d('9'), undefined, d('10'), thresholds('1')), 1);
  assert.equal(spike(d('9'), undefined, d('1'), thresholds('1')), 2);
  assert.equal(spike(d('9'), d('1'), undefined, thresholds('1', '50')), 2);
});

test('spike: without a neighbour or any threshold it cannot be judged', () => {
  assert.equal(spike(d('9'), undefined, undefined, thresholds('1')), 2);
  assert.equal(spike(d('9'), d('9'), undefined, thresholds()), 2);
  assert.equal(spike(d('9'), d('1'), d('1'), thresholds()), 2);
  assert.equal(spike(d('9'), d('1'), d('1'), undefined), 2);
});

test('spike: what one neighbour has said is not taken back when the other comes', () => {
  const value = fc.integer({ min: 0, max: 20 }).map((units) => ({ units, scale: 0 }));
  fc.assert(
    fc.property(value, value, value, (at, before, after) => {
      const both = spike(at, before, after, thresholds('3', '7'));
      for (const one of [
        spike(at, before, undefined, thresholds('3', '7')),
        spike(at, undefined, after, thresholds('3', '7')),
      ])
        assert.ok(one === 2 || one === both);
    }),
  );
});

test('rate of change: per minute since the reading before, exactly at the threshold', () => {
  const flag = (value: string, minutes: number) =>
    rateOfChange(d(value), d('10'), minutes * MINUTE_MS, thresholds('0.1', '2'));
  assert.deepEqual(
    [flag('10.5', 5), flag('10.51', 5), flag('9.49', 5), flag('11', 10), flag('20.1', 5)],
    [1, 3, 3, 1, 4],
  );
  assert.equal(rateOfChange(d('10'), undefined, 0, thresholds('1')), 2);
});

function flat(values: readonly string[], rules: { suspectAfter?: number; failAfter?: number }, tolerance = '0'): Flag {
  const [value, ...earlier] = values.map(d).reverse();
  return flatLine(value!, (): Decimal | undefined => earlier.shift(), {
    tolerance: d(tolerance),
    historyMs: 0,
    ...rules,
  });
}

test('flat line: N or more readings in a row are flagged', () => {
  const flagOf = (count: number) => flat(['9', ...Array<string>(count).fill('5')], { suspectAfter: 3, failAfter: 5 });
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(flagOf), [1, 1, 3, 3, 4, 4, 4]);
});

test('flat line: all of the run lies within the tolerance, not each within it of the next', () => {
  assert.equal(flat(['5.0', '5.1', '5.2'], { suspectAfter: 3 }, '0.2'), 3);
  assert.equal(flat(['5.0', '5.2', '5.4'], { suspectAfter: 3 }, '0.2'), 1);
});

test('flat line: a run whose beginning nobody knows is not evaluated until it is long enough', () => {
  assert.equal(flat(['5', '5'], { suspectAfter: 3 }), 2);
  assert.equal(flat(['5', '5', '5'], { suspectAfter: 3, failAfter: 5 }), 3);
  assert.equal(flat(['5'], {}), 2);
});

test('time: ahead of its arrival, twice in a slot or beside its schedule is suspect', () => {
  const five = 5 * MINUTE_MS;
  const flag = (sinceBefore?: number, ahead?: number) => timeChecks(ahead, sinceBefore, five);
  assert.deepEqual([flag(), flag(five), flag(2 * five), flag(five + 30_000)], [1, 1, 1, 1]);
  assert.deepEqual(
    [flag(five, 1), flag(20_000), flag(MINUTE_MS), flag(five + 31_000), flag(1.5 * five)],
    [3, 3, 3, 3, 3],
  );
});

test('the flags of the tests stand in the order in which they are read', () => {
  const told = testFlagsOf(1, 2, 3, 4, 9, 1);
  const expected = { deviceStatus: 1, time: 2, grossRange: 3, spike: 4, rateOfChange: 9, flatLine: 1 };
  for (const name of testNames) assert.equal(testFlag(told, name), expected[name], name);
  for (const name of testNames) assert.equal(testFlag(allMissing, name), flags.missing, name);
});

test('the flags of the tests change test by test, whatever was appended to them', () => {
  assert.equal(withTestFlag('121111', 'spike', 4), '121411');
  assert.equal(withTestFlag('121111', 'flatLine', 3), '121113');
  assert.equal(withTestFlag('1211111', 'deviceStatus', 3), '3211111');
});
