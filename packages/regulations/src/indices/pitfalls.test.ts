import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareDecimals } from '../decimal-text.ts';
import { nowCast } from './now-cast.ts';
import { dailyVnAqi, hourlyVnAqi } from './vn-aqi.ts';
import { vnWqi } from './vn-wqi.ts';

const hours = (value: string): (string | null)[] => Array<string>(12).fill(value);
const without = (values: readonly (string | null)[], ...ages: number[]) =>
  values.map((value, age) => (ages.includes(age) ? null : value));

test('pitfall 6: a missing hour is left out of NowCast, and is never 0', () => {
  assert.equal(nowCast(without(hours('80'), 1, 5, 11))?.value, '80');
  const uneven = ['90', '80', '70', '60', '90', '80', '70', '60', '90', '80', '70', '60'];
  const gap = nowCast(without(uneven, 3))!;
  const zero = nowCast(uneven.map((value, age) => (age === 3 ? '0' : value)))!;
  assert.ok(compareDecimals(gap.value, zero.value) > 0);
  assert.equal(gap.unconfirmed, false);
});

test('pitfall 6: where the weights halve, a missing hour is left out too, and that nobody confirmed how', () => {
  const steep = ['80', '80', '80', ...Array<string>(9).fill('40')];
  const gap = nowCast(without(steep, 0));
  assert.deepEqual([gap?.unconfirmed, nowCast(steep)?.unconfirmed], [true, false]);
  assert.ok(compareDecimals(gap!.value, '60') > 0, gap!.value);
});

test('pitfall 6: NowCast lies between the least and the greatest of the hours that are known, whichever are missing', () => {
  const someHour = fc.option(fc.integer({ min: 51, max: 100 }).map(String));
  fc.assert(
    fc.property(fc.array(someHour, { minLength: 12, maxLength: 12 }), (values) => {
      const known = values.flatMap((value) => (value === null ? [] : Number(value)));
      const found = nowCast(values);
      if (!found) return;
      assert.ok(Number(found.value) >= Math.min(...known) - 1e-6 && Number(found.value) <= Math.max(...known) + 1e-6);
    }),
  );
});

test('pitfall 6: NowCast needs two of the three newest hours', () => {
  const all = hours('80');
  for (const two of [[0], [1], [2], []]) assert.ok(nowCast(without(all, ...two)));
  for (const one of [
    [0, 1],
    [0, 2],
    [1, 2],
    [0, 1, 2],
  ])
    assert.equal(nowCast(without(all, ...one)), undefined);
  assert.deepEqual(hourlyVnAqi({ O3: '300', PM10: without(all, 0, 1), 'PM2.5': without(all, 1, 2) }), {
    outcome: 'no-index',
    reason: 'no-particles',
  });
});

test('pitfall 6: without PM10 and PM2.5 there is no VN_AQI, and either of them is enough', () => {
  const gases = { O3: '300', CO: '1', SO2: '1', NO2: '1' };
  assert.equal(dailyVnAqi({ ...gases, PM10: null }).outcome, 'no-index');
  assert.equal(dailyVnAqi({ ...gases, PM10: '10' }).outcome, 'index');
  assert.equal(hourlyVnAqi({ ...gases, 'PM2.5': hours('10') }).outcome, 'index');
});

test('pitfall 6: VN_WQI has the groups of the decision: metals stand alone, and TSS and turbidity take no part', () => {
  const water = { pH: '7', As: '0.05', BOD5: '4', COD: '10', TOC: '4', Coliform: '100' };
  const answer = vnWqi({ ...water, TSS: '500', Turbidity: '500' } as Parameters<typeof vnWqi>[0]);
  assert.ok(answer.outcome === 'index');
  assert.deepEqual(Object.keys(answer.groups), ['I', 'III', 'IV', 'V']);
  assert.deepEqual([answer.index, answer.groups.I, Math.round(answer.groups.III!)], [50, 100, 50]);
});
