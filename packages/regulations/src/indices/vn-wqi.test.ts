import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unconfirmed } from '../provenance.ts';
import { vnWqi, type WaterQuality } from './vn-wqi.ts';
import { vnWqiProvenance } from './vn-wqi-table.ts';

const clean: WaterQuality = { pH: '7', As: '0.001', BOD5: '4', COD: '10', 'NH4-N': '0.1', Coliform: '100' };

const answered = (changes: WaterQuality = {}) => {
  const answer = vnWqi({ ...clean, ...changes });
  return answer.outcome === 'index' ? answer : assert.fail(answer.reason);
};
const groupIV = (changes: WaterQuality) => answered({ BOD5: null, COD: null, 'NH4-N': null, ...changes }).groups.IV!;
const alone = (parameter: string, value: string) => groupIV({ TOC: '4', 'PO4-P': '0.1', [parameter]: value }) * 3 - 200;

test('water without any fault is 100, very good', () => {
  const { index, level } = answered();
  assert.deepEqual([index, level.name.vi, level.colour], [100, 'Rất tốt', [51, 51, 255]]);
});

test('a concentration between two breakpoints lies on the line between their qualities', () => {
  assert.deepEqual(
    ['3', '4', '5', '6', '25', '37.5', '50', '60'].map((value) => Math.round(alone('BOD5', value) * 10) / 10),
    [100, 100, 87.5, 75, 25, 17.5, 10, 10],
  );
});

test('quality jumps where the table jumps', () => {
  assert.deepEqual(
    ['0.29', '0.3'].map((value) => Math.round(alone('NH4-N', value))),
    [100, 75],
  );
  assert.deepEqual(
    ['15', '15.01'].map((value) => Math.round(alone('NO3-N', value))),
    [25, 10],
  );
  assert.deepEqual(
    ['0.05', '0.06'].map((value) => Math.round(alone('NO2-N', value))),
    [100, 10],
  );
});

test('pH is best between 6 and 8.5 and worst outside 5.5 to 9', () => {
  assert.deepEqual(
    ['5.4', '5.5', '5.75', '6', '8.5', '8.75', '9', '9.1'].map((pH) => answered({ pH }).groups.I),
    [10, 50, 75, 100, 100, 75, 50, 10],
  );
});

test('oxygen is judged by what water of its temperature holds, too much of it too', () => {
  // At 20 °C water holds 9.02 mg/L.
  const oxygen = (mgL: string) => Math.round(groupIV({ TOC: '4', 'PO4-P': '0.1', DO: mgL, Temp: '20' }) * 3 - 200);
  assert.deepEqual(['1.5', '4.512', '9.024', '13.536', '19'].map(oxygen), [10, 50, 100, 50, 10]);
});

test('groups I and III multiply, IV counts twice beside V', () => {
  assert.equal(answered({ pH: '5.5' }).index, 50);
  assert.equal(answered({ As: '0.05', Zn: '0.5' }).index, Math.round(Math.sqrt(50 * 100)));
  assert.equal(answered({ Coliform: '7500' }).index, Math.round(Math.cbrt(100 * 100 * 50)));
  assert.equal(answered({ BOD5: '15', COD: '30', 'NH4-N': '0.6' }).index, Math.round(Math.cbrt(50 * 50 * 100)));
});

test('a group that is absent takes no part', () => {
  assert.equal(answered({ Coliform: null, BOD5: '15', COD: '30', 'NH4-N': '0.6' }).index, 50);
  assert.equal(answered({ As: null, pH: '5.5' }).index, 50);
});

test('without three parameters of group IV, or three groups, there is no index', () => {
  assert.deepEqual(vnWqi({ ...clean, COD: null }), { outcome: 'no-index', reason: 'group-iv-incomplete' });
  const two = vnWqi({ ...clean, pH: null, As: null });
  assert.deepEqual(two, { outcome: 'no-index', reason: 'too-few-groups' });
});

test('every index says that nobody confirmed its formula', () => {
  assert.equal(answered().unconfirmed, unconfirmed(vnWqiProvenance));
});
