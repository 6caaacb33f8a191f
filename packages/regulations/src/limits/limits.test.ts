import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterByCode } from '../parameters.ts';
import { unconfirmed } from '../provenance.ts';
import { judge } from './limit.ts';
import { type LimitTerms, limitsUnder } from './limits-under.ts';
import { qcvn05Of2013 } from './qcvn-05-2013.ts';
import { qcvn05Of2023 } from './qcvn-05-2023.ts';
import { kfOfDischarge, kqOfLake, kqOfRiver, kqOfSea } from './qcvn-40-2011.ts';
import { qcvn40Of2011 } from './qcvn-40-2011-table.ts';
import { industrialWastewaterStandards } from './standards.ts';

const day = '2026-01-15';
const permit: LimitTerms = { standard: 'QCVN 40:2011/BTNMT', column: 'A', kq: '0.9', kf: '1.0' };
const air = { standard: 'QCVN 05:2023/BTNMT' };

const limits = (terms: LimitTerms, parameter: string, on = day) => {
  const answer = limitsUnder(terms, parameter, on);
  return answer.outcome === 'limits' ? answer.limits : assert.fail(answer.message);
};
const outcome = (terms: LimitTerms, parameter: string, on = day) => limitsUnder(terms, parameter, on).outcome;
const upper = (terms: LimitTerms, parameter: string, basis: string, on = day) =>
  limits(terms, parameter, on).find((limit) => limit.basis === basis)?.upper;

test('COD in column A with Kq 0.9 and Kf 1.0 is limited to 67.5 mg/L', () => {
  const [cod] = limits(permit, 'COD');
  assert.deepEqual([cod?.upper, cod?.unit, cod?.lower, cod?.basis], ['67.5', 'mg/L', undefined, '24h']);
  assert.equal(limits({ ...permit, column: 'B', kq: '1.2', kf: '1.1' }, 'COD')[0]?.upper, '198');
});

test('temperature, colour, pH, coliforms and radioactivity take no factor', () => {
  const plain = { ...permit, kq: '0.6', kf: '0.9' };
  const uppers = ['Temp', 'Color', 'pH', 'Coliform', 'Gross-alpha', 'Gross-beta'].map(
    (parameter) => limits(plain, parameter)[0]?.upper,
  );
  assert.deepEqual(uppers, ['40', '50', '9', '3000', '0.1', '1.0']);
});

test('pH is limited by an interval', () => {
  const [a, b] = [limits(permit, 'pH')[0]!, limits({ ...permit, column: 'B' }, 'pH')[0]!];
  assert.deepEqual(
    ['5.9', '6', '6.00', '9', '9.01'].map((value) => judge(a, value)),
    ['below', 'within', 'within', 'within', 'above'],
  );
  assert.equal(judge(b, '5.5'), 'within');
});

test('a limit of 0 is a limit, and an absent bound is none', () => {
  assert.equal(judge({ upper: '0' }, '0.001'), 'above');
  assert.equal(judge({ upper: '0' }, '0.0'), 'within');
  assert.equal(judge({ lower: '0' }, '-0.1'), 'below');
  assert.equal(judge({ upper: '5' }, '-100'), 'within');
  assert.equal(judge({ lower: '5' }, '100'), 'within');
});

test('chloride is not limited in salt or brackish water', () => {
  assert.equal(limits(permit, 'Chloride')[0]?.upper, '450');
  assert.equal(outcome({ ...permit, saltWater: true }, 'Chloride'), 'parameter-not-limited');
});

test('the factors step at their bounds, which belong to the lower step', () => {
  assert.deepEqual(['0', '50', '50.1', '200', '500', '501'].map(kqOfRiver), ['0.9', '0.9', '1.0', '1.0', '1.1', '1.2']);
  assert.deepEqual(['10', '10.5', '100', '101'].map(kqOfLake), ['0.6', '0.8', '0.8', '1.0']);
  assert.deepEqual(['50', '51', '500', '5000', '5001'].map(kfOfDischarge), ['1.2', '1.1', '1.1', '1.0', '0.9']);
  assert.deepEqual([kqOfRiver(), kqOfLake(), kqOfSea('protected'), kqOfSea('other')], ['0.9', '0.6', '0.8', '1.0']);
  assert.deepEqual(['-1', 'much', ''].map(kfOfDischarge), [undefined, undefined, undefined]);
});

test('a permit without its column or a usable factor is incomplete, not unlimited', () => {
  assert.equal(outcome({ ...permit, column: 'C' }, 'COD'), 'terms-incomplete');
  assert.equal(outcome({ ...permit, kq: '0,9' }, 'COD'), 'terms-incomplete');
  assert.equal(outcome({ ...permit, kf: '0' }, 'COD'), 'terms-incomplete');
  assert.equal(outcome({ standard: permit.standard }, 'COD'), 'terms-incomplete');
});

test('QCVN 40:2025 is in force but its numbers are unknown, and the answer says so', () => {
  const terms = { ...permit, standard: 'QCVN 40:2025/BTNMT' };
  assert.equal(outcome(terms, 'COD'), 'table-unknown');
  assert.equal(outcome(terms, 'COD', '2025-08-31'), 'standard-not-in-force');
  assert.equal(outcome({ standard: 'QCVN 99:2050' }, 'COD'), 'standard-unknown');
  assert.equal(outcome(permit, 'DO'), 'parameter-not-limited');
});

test('an old facility may keep QCVN 40:2011 to the end of 2031, a new one may not', () => {
  const codes = (since: string, on: string) =>
    industrialWastewaterStandards(since, on).map(({ code }) => code.slice(5, 12));
  assert.deepEqual(codes('2020-01-01', '2025-08-31'), ['40:2011']);
  assert.deepEqual(codes('2020-01-01', '2031-12-31'), ['40:2011', '40:2025']);
  assert.deepEqual(codes('2020-01-01', '2032-01-01'), ['40:2025']);
  assert.deepEqual(codes('2025-09-01', '2026-01-15'), ['40:2025']);
  assert.equal(outcome(permit, 'COD', '2032-01-01'), 'standard-not-in-force');
});

test('PM2.5 over 24 hours is 50 until the end of 2025 and 45 after', () => {
  assert.equal(upper(air, 'PM2.5', '24h', '2025-12-31'), '50');
  assert.equal(upper(air, 'PM2.5', '24h', '2026-01-01'), '45');
  assert.equal(limits(air, 'PM2.5').length, 2);
});

test('QCVN 05:2023 took the place of QCVN 05:2013 on 12 September 2023', () => {
  const old = { standard: 'QCVN 05:2013/BTNMT' };
  assert.equal(upper(old, 'PM10', '24h', '2023-09-11'), '150');
  assert.equal(upper(air, 'PM10', '24h', '2023-09-12'), '100');
  assert.equal(outcome(old, 'PM10', '2023-09-12'), 'standard-not-in-force');
  assert.equal(outcome(air, 'PM10', '2023-09-11'), 'standard-not-in-force');
});

test('a verdict on a number that sources dispute, or that nobody read, is unconfirmed', () => {
  const marks = (parameter: string) =>
    limits(air, parameter).map(({ basis, provenance }) => [basis, unconfirmed(provenance)]);
  assert.deepEqual(marks('O3'), [
    ['1h', true],
    ['8h', false],
  ]);
  assert.deepEqual(marks('PM2.5'), [
    ['24h', false],
    ['year', false],
  ]);
  assert.ok(limits(permit, 'COD').every(({ provenance }) => unconfirmed(provenance)));
});

test('before the mean of 24 hours was to be compared, each reading was', () => {
  assert.equal(limits(permit, 'COD', '2022-01-09')[0]?.basis, 'reading');
  assert.equal(limits(permit, 'COD', '2022-01-10')[0]?.basis, '24h');
});

test('each row stands once, in the canonical unit of its parameter', () => {
  for (const { parameter, unit } of qcvn40Of2011)
    assert.equal(parameterByCode(parameter)?.units.wastewater, unit, parameter);
  for (const { parameter, unit } of [...qcvn05Of2013, ...qcvn05Of2023]) {
    assert.equal(parameterByCode(parameter)?.units['ambient-air'], unit, parameter);
  }
  assert.equal(new Set(qcvn40Of2011.map(({ parameter }) => parameter)).size, 33);
});
