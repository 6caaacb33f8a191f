import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  currentProvinces,
  formerProvinces,
  predecessorsOf,
  provinceByCode,
  provincesOfPrefix,
  successorOf,
} from './provinces.ts';

const before = '2025-06-30';
const after = '2025-07-01';
const named = (prefix: string, day: string) =>
  provincesOfPrefix(prefix, day).map(({ former, province }) => `${former.name} → ${province.name}`);

test('63 provinces became 34, none without a successor or a predecessor of its own name', () => {
  assert.equal(new Set(formerProvinces.map(({ code }) => code)).size, 63);
  assert.equal(new Set(formerProvinces.map(({ prefix }) => prefix)).size, 63);
  assert.equal(new Set(currentProvinces.map(({ code }) => code)).size, 34);
  for (const province of currentProvinces) {
    const names = predecessorsOf(province).map(({ name }) => name.replace('Thừa Thiên ', ''));
    assert.ok(names.includes(province.name), province.name);
  }
  assert.equal(currentProvinces.filter((province) => predecessorsOf(province).length === 1).length, 11);
});

test('a code names a province only together with a day', () => {
  const reused = ['15', '24', '44', '52', '80', '82', '91'];
  const names = (day: string) => reused.map((code) => provinceByCode(code, day)?.name);
  assert.deepEqual(names(before), [
    'Yên Bái',
    'Bắc Giang',
    'Quảng Bình',
    'Bình Định',
    'Long An',
    'Tiền Giang',
    'Kiên Giang',
  ]);
  assert.deepEqual(names(after), ['Lào Cai', 'Bắc Ninh', 'Quảng Trị', 'Gia Lai', 'Tây Ninh', 'Đồng Tháp', 'An Giang']);
  assert.equal(provinceByCode('10', after), undefined);
  assert.equal(provinceByCode('10', before)?.name, 'Lào Cai');
  assert.equal(provinceByCode('01', '2008-07-31'), undefined);
});

test('an old prefix leads to the province of the day', () => {
  assert.deepEqual(named('LA', before), ['Long An → Long An']);
  assert.deepEqual(named('LA', after), ['Long An → Tây Ninh']);
  assert.deepEqual(named('hna', after), ['Hà Nam → Ninh Bình']);
  assert.deepEqual(named('XX', after), []);
});

test('BD is Bình Dương first and may be Bình Định; BĐ is Bình Định alone', () => {
  assert.deepEqual(named('BD', before), ['Bình Dương → Bình Dương', 'Bình Định → Bình Định']);
  assert.deepEqual(named('BD', after), ['Bình Dương → TP. Hồ Chí Minh', 'Bình Định → Gia Lai']);
  assert.deepEqual(named('BĐ', after), ['Bình Định → Gia Lai']);
  assert.deepEqual(named('DNo', after), ['Đắk Nông → Lâm Đồng']);
  assert.deepEqual(named('ĐNô'.normalize('NFD'), after), ['Đắk Nông → Lâm Đồng']);
});

test('every former province went where the resolution sent it', () => {
  const merged = formerProvinces.filter(
    (former) => successorOf(former).name !== former.name.replace('Thừa Thiên ', ''),
  );
  assert.equal(merged.length, 29);
  const destination = (name: string) =>
    merged.filter((former) => successorOf(former).name === name).map((former) => former.name);
  assert.deepEqual(destination('TP. Hồ Chí Minh'), ['Bình Dương', 'Bà Rịa - Vũng Tàu']);
  assert.deepEqual(destination('Lâm Đồng'), ['Bình Thuận', 'Đắk Nông']);
  assert.deepEqual(destination('Phú Thọ'), ['Hòa Bình', 'Vĩnh Phúc']);
});
