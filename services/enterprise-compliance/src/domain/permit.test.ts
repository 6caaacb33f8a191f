import { test } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { aRule } from '../testing/builders.ts';
import { type PermitCommand, type PermitEvent, permit } from './permit.ts';

const at = '2026-01-15T01:00:00.000Z';
const given = specification(permit);

const granted = {
  permit: 'p1',
  facility: 'f1',
  number: '12/GPMT',
  from: '2024-01-01',
  to: null,
  rules: [aRule()],
  facilitySince: '2020-05-01',
} as const;
const grant = (changes: Partial<Extract<PermitCommand, { type: 'GrantPermit' }>> = {}): PermitCommand => ({
  type: 'GrantPermit',
  ...granted,
  at,
  ...changes,
});
const wasGranted: PermitEvent = { type: 'PermitGranted', data: { ...granted, at } };
const revoke = (from: string): PermitCommand => ({ type: 'RevokePermit', from, reason: 'closed', at });
const amend = (rules = [aRule({ column: 'B' })]): PermitCommand => ({
  type: 'AmendPermit',
  rules,
  reason: 'column',
  at,
});

test('a permit is granted once, with its rules', () => {
  given().when(grant()).then(wasGranted);
  given(wasGranted)
    .when(grant({ at: '2026-01-16T01:00:00.000Z' }))
    .thenNothing();
  given(wasGranted)
    .when(grant({ number: '13/GPMT' }))
    .thenRejected('PermitKnown');
});

test('an amendment takes the place of all rules and keeps the end that it does not name', () => {
  given(wasGranted)
    .when(amend())
    .then({ type: 'PermitAmended', data: { rules: [aRule({ column: 'B' })], to: null, reason: 'column', at } });
  given(wasGranted)
    .when(amend([aRule()]))
    .thenNothing();
  given().when(amend()).thenRejected('PermitUnknown');
});

test('a revoked permit is amended no more, and the day of its end can be corrected', () => {
  const revoked: PermitEvent = { type: 'PermitRevoked', data: { from: '2026-01-10', reason: 'closed', at } };
  given(wasGranted).when(revoke('2026-01-10')).then(revoked);
  given(wasGranted, revoked).when(revoke('2026-01-10')).thenNothing();
  given(wasGranted, revoked)
    .when(revoke('2026-01-12'))
    .then({ type: 'PermitRevoked', data: { from: '2026-01-12', reason: 'closed', at } });
  given(wasGranted, revoked).when(amend()).thenRejected('PermitRevoked');
});

test('a facility that began on 1 September 2025 or later is not held to QCVN 40:2011', () => {
  const late = { facilitySince: '2025-09-01', from: '2025-09-01' };
  given().when(grant(late)).thenRejected('StandardNotOpen');
  given()
    .when(grant({ facilitySince: '2025-08-31', from: '2025-09-01' }))
    .then({ type: 'PermitGranted', data: { ...granted, facilitySince: '2025-08-31', from: '2025-09-01', at } });
});

test('QCVN 40:2011 needs its column and both factors, and QCVN 40:2025 takes none', () => {
  given()
    .when(grant({ rules: [aRule({ column: undefined })] }))
    .thenRejected('TermsIncomplete');
  given()
    .when(grant({ rules: [aRule({ factors: undefined })] }))
    .thenRejected('TermsIncomplete');
  given()
    .when(grant({ from: '2025-09-01', rules: [aRule({ standard: 'QCVN 40:2025/BTNMT' })] }))
    .thenRejected('NoFactors');
});

test('a standard that nobody knows needs the number of the permit', () => {
  const unknown = { standard: 'QCVN 19:2024/BTNMT', column: 'A', factors: undefined };
  given()
    .when(grant({ rules: [aRule(unknown)] }))
    .thenRejected('StandardUnknown');
  const rules = [aRule({ ...unknown, value: { upper: '50', unit: 'mg/Nm3' } })];
  given()
    .when(grant({ rules }))
    .then({ type: 'PermitGranted', data: { ...granted, rules, at } });
});

test('rules that contradict themselves or each other are refused', () => {
  const refused = (rule: Parameters<typeof aRule>[0], code: string) =>
    given()
      .when(grant({ rules: [aRule(rule)] }))
      .thenRejected(code);
  refused({ value: { unit: 'mg/L' } }, 'ValueEmpty');
  refused({ value: { lower: '9', upper: '6', unit: 'mg/L' } }, 'ValueEmpty');
  refused({ to: '2023-12-31' }, 'RuleDays');
  given()
    .when(grant({ rules: [aRule(), aRule({ from: '2025-01-01' })] }))
    .thenRejected('RulesOverlap');
  const inTurn = [aRule({ to: '2024-12-31' }), aRule({ from: '2025-01-01', column: 'B' })];
  given()
    .when(grant({ rules: inTurn }))
    .then({ type: 'PermitGranted', data: { ...granted, rules: inTurn, at } });
  given()
    .when(grant({ to: '2023-12-31' }))
    .thenRejected('PermitDays');
});
