import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chain, convert, inverse } from './conversion.ts';
import { compareDecimals } from './decimal-text.ts';
import { type UnitCode, unitTable } from './unit-table.ts';
import { basisConversion, canonicalUnit, conversion, mayBeCutUnit, unitByCode } from './units.ts';

const converted = (
  value: string,
  from: UnitCode,
  to: UnitCode,
  ...of: [parameter?: string, medium?: 'ambient-air']
) => {
  const found = conversion(from, to, ...of);
  return found && convert(value, found);
};

test('spellings of the field are read as the unit that they mean', () => {
  const spellings: Record<string, readonly string[]> = {
    'µg/Nm3': ['\u00b5g/Nm3', '\u03bcg/Nm3', 'ug/Nm3', 'µg/Nm³', 'ug/nm3', 'µg / Nm3'],
    'mg/L': ['mg/l', 'mg/L', 'MG/L', 'mg/lít', ' mg/l '],
    '°C': ['°C', 'oC', 'ºC', '℃', '˚C', 'C', '0C', 'o C'],
    'm3/h': ['m3/h', 'm³/h', 'M3/H', 'm^3/h', 'm3/giờ', 'm3/hr'],
    'm3/day': ['m3/day', 'm3/ngày', 'm³/ngày đêm', 'm3/d', 'm3/24h', 'm3/ngày'.normalize('NFD')],
    'Pt-Co': ['Pt-Co', 'PtCo', 'pt–co', 'TCU'],
    '-': ['', '-', '–', ' ', 'pH'],
    '%V': ['%V', '%vol', '% V'],
    'mS/cm': ['mS/cm', 'ms/cm'],
    'µS/cm': ['uS/cm', 'μS/cm'],
    'MPN/100 mL': ['MPN/100ml', 'MPN/100 mL'],
  };
  for (const [code, texts] of Object.entries(spellings)) {
    for (const text of texts) assert.equal(canonicalUnit(text), code, JSON.stringify(text));
  }
});

test('a unit that nobody knows is undefined', () => {
  for (const text of ['mg', 'furlong', 'mg/L/h', '000', 'toString', '__proto__']) {
    assert.equal(canonicalUnit(text), undefined, text);
  }
});

test('no spelling means two units, and the micro sign of the codes is U+00B5', () => {
  for (const unit of unitTable) {
    for (const text of [unit.code, ...('spellings' in unit ? unit.spellings : [])]) {
      assert.equal(canonicalUnit(text), unit.code, text);
    }
    assert.ok(!unit.code.includes('\u03bc') && /^[\x21-\x7e]+$/.test(unit.ucum), unit.code);
  }
  assert.equal(unitByCode('°C')?.ucum, 'Cel');
});

test('a metre may be a millimetre that was cut, and no other unit another of its dimension', () => {
  const beginnings = unitTable.map(({ code }) => code).filter(mayBeCutUnit);
  assert.deepEqual(beginnings, ['m']);
  assert.ok(mayBeCutUnit('M') && !mayBeCutUnit('furlong'));
});

test('a conversion keeps the digits of the value and adds none of its own', () => {
  assert.equal(converted('7.20', 'mg/L', 'mg/L'), '7.20');
  assert.equal(converted('1.50', 'g/L', 'mg/L'), '1500');
  assert.equal(converted('1.5055', 'g/L', 'mg/L'), '1505.5');
  assert.equal(converted('45.30', 'µg/L', 'mg/L'), '0.04530');
  assert.equal(converted('0.50', 'L/s', 'm3/h'), '1.800');
  assert.equal(converted('1.2', 'mS/cm', 'µS/cm'), '1200');
});

test('temperatures are shifted as well as scaled', () => {
  assert.equal(converted('300', 'K', '°C'), '26.85');
  assert.equal(converted('26.85', '°C', 'K'), '300.00');
  assert.equal(converted('72.5', '°F', '°C'), '22.5');
  assert.equal(converted('72.5', '°F', 'K'), '295.65');
  assert.equal(converted('100', '°C', '°F'), '212.0');
});

test('a ratio without a finite decimal stays a ratio until the value is there', () => {
  assert.deepEqual(conversion('m3/day', 'm3/h'), { factor: '1', divisor: '24' });
  assert.equal(converted('24', 'm3/day', 'm3/h'), '1');
  assert.equal(converted('86400', 'm3/day', 'm3/s'), '1');
  assert.equal(converted('1', 'm3/s', 'm3/day'), '86400');
  assert.equal(converted('1', 'm3/day', 'm3/h'), '0.041667');
});

test('units of different things cannot be converted', () => {
  assert.equal(conversion('mg/L', 'm3/h'), undefined);
  assert.equal(conversion('m3/h', 'Nm3/h', 'Flow', 'stack'), undefined);
  assert.equal(conversion('mg/m3', 'mg/Nm3', 'SO2', 'stack'), undefined);
  assert.equal(conversion('NTU', 'FNU', 'Turbidity'), undefined);
});

test('parts per million are a mass only for a gas whose molar mass is known, and say on what assumption', () => {
  const sulfurDioxide = conversion('ppm', 'mg/Nm3', 'SO2');
  assert.deepEqual([sulfurDioxide?.factor, sulfurDioxide?.divisor], ['64.058', '24.465']);
  assert.equal(sulfurDioxide?.provenance?.mark, 'G');
  assert.equal(converted('10', 'ppb', 'µg/Nm3', 'O3'), '19.618639');
  assert.equal(conversion('ppm', 'mg/L', 'TSS'), undefined);
  assert.equal(conversion('ppm', 'mg/Nm3', 'PM'), undefined);
  assert.equal(conversion('ppm', 'mg/Nm3'), undefined);
  assert.equal(converted('5', '%', '%V', 'O2'), '5');
  assert.equal(conversion('%', '%V', 'RH'), undefined);
});

test('a cubic metre is a normal one in ambient air alone, and says so', () => {
  assert.equal(converted('35', 'µg/m3', 'µg/Nm3', 'PM2.5', 'ambient-air'), '35');
  assert.equal(converted('1.2', 'mg/m3', 'µg/Nm3', 'CO', 'ambient-air'), '1200');
  assert.equal(converted('35', 'µg/Nm3', 'µg/m3', 'PM2.5', 'ambient-air'), '35');
  assert.equal(conversion('µg/m3', 'µg/Nm3', 'PM2.5', 'ambient-air')?.provenance?.mark, 'G');
  assert.equal(conversion('µg/m3', 'µg/Nm3', 'PM2.5'), undefined);
});

test('ammonium as NH4 is 14.007 ÷ 18.039 of itself as N; NO as NO2 is 46.005 ÷ 30.006', () => {
  const asNitrogen = basisConversion('NH4-N', 'NH4', 'N');
  assert.deepEqual([asNitrogen?.factor, asNitrogen?.divisor], ['14.007', '18.039']);
  assert.equal(asNitrogen && convert('10.0', asNitrogen), '7.7648428');
  const asNo2 = basisConversion('NO', 'NO', 'NO2');
  assert.equal(asNo2 && convert('30.006', asNo2), '46.005');
  assert.equal(basisConversion('NH4-N', 'NO2', 'N'), undefined);
  assert.equal(basisConversion('COD', 'N', 'NH4'), undefined);
  assert.deepEqual(basisConversion('NH4-N', 'N', 'N'), { factor: '1' });
});

test('unit and basis convert in one step as they do in two', () => {
  const [unit, basis] = [conversion('µg/L', 'mg/L'), basisConversion('NH4-N', 'NH4', 'N')];
  assert.ok(unit && basis);
  assert.equal(convert('18039', chain(unit, basis)), '14.007');
  assert.deepEqual(chain(unit, basis).provenance, basis.provenance);
});

test('the way there and back ends where it began, between any two units that convert', () => {
  const unit = fc.constantFrom(...unitTable.map(({ code }) => code));
  const value = fc.integer({ min: -99999, max: 99999 }).map((number) => (number / 100).toFixed(2));
  fc.assert(
    fc.property(unit, unit, value, (from, to, sent) => {
      const [there, back] = [conversion(from, to, 'SO2', 'ambient-air'), conversion(to, from, 'SO2', 'ambient-air')];
      assert.equal(there === undefined, back === undefined);
      if (!there || !back) return;
      for (const { factor, offset, divisor } of [chain(there, back), chain(inverse(there), there)]) {
        assert.deepEqual([factor, offset, divisor], ['1', undefined, undefined]);
      }
      if (!there.divisor && !back.divisor) assert.equal(compareDecimals(convert(convert(sent, there), back), sent), 0);
    }),
    { numRuns: 400 },
  );
});
