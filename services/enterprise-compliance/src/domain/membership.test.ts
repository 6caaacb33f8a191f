import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { aRule } from '../testing/builders.ts';
import type { MembershipCommand } from './membership.ts';
import { type StationLimitsEvent, stationLimits } from './station-limits.ts';

const at = '2026-01-15T01:00:00.000Z';
const given = specification(stationLimits);
const attach = (from: string, facility = 'f1'): MembershipCommand => ({
  type: 'AttachStation',
  station: 's1',
  facility,
  from,
  at,
});
const detach = (to: string, facility = 'f1'): MembershipCommand => ({
  type: 'DetachStation',
  station: 's1',
  facility,
  to,
  at,
});
const attached = (from: string, facility = 'f1'): StationLimitsEvent => ({
  type: 'StationAttached',
  data: { facility, from, at },
});
const detached: StationLimitsEvent = { type: 'StationDetached', data: { facility: 'f1', to: '2022-12-31', at } };
const recorded = (facility: string): StationLimitsEvent => ({
  type: 'LimitsRecorded',
  data: { facility, limits: [], cause: `facility:${facility}`, knownAt: at },
});
const belongs = [attached('2020-05-01'), recorded('f1')];

test('a station belongs to a facility from a day on, told once', () => {
  given()
    .when(attach('2020-05-01'))
    .then(...belongs);
  given(...belongs)
    .when(attach('2021-01-01'))
    .thenNothing();
  given(...belongs)
    .when(attach('2019-01-01'))
    .thenRejected('StationAttached');
});

test('a station belongs to one facility at a time, whichever asks', () => {
  given(...belongs)
    .when(attach('2024-01-01', 'f2'))
    .thenRejected('StationAttached');
  given(...belongs)
    .when(attach('2019-01-01', 'f2'))
    .thenRejected('StationAttached');
  given(...belongs, detached)
    .when(attach('2022-12-31', 'f2'))
    .thenRejected('StationAttached');
  given(...belongs, detached)
    .when(attach('2023-01-01', 'f2'))
    .then(attached('2023-01-01', 'f2'), recorded('f2'));
});

test('a station is detached and comes back', () => {
  given(...belongs)
    .when(detach('2022-12-31'))
    .then(detached);
  given(...belongs, detached)
    .when(detach('2022-12-31'))
    .thenNothing();
  given(...belongs, detached)
    .when(attach('2023-01-01'))
    .then(attached('2023-01-01'));
});

test('a station cannot leave before it came, nor without having come', () => {
  given(...belongs)
    .when(detach('2020-04-30'))
    .thenRejected('DayBefore');
  given(...belongs)
    .when(detach('2022-12-31', 'f2'))
    .thenRejected('StationNotAttached');
  given().when(detach('2022-12-31')).thenRejected('StationNotAttached');
});

test('what a permit demands ends and begins with the membership, in the same commit', () => {
  const measured = {
    station: 's1',
    kind: 'wastewater',
    channels: [{ channel: 'cod', parameter: 'COD', keptIn: [{ from: null, unit: 'mg/L' }] }],
  } as const;
  const permit = { permit: 'p1', facility: 'f1', version: 1, from: '2024-01-01', to: null, rules: [aRule()] };
  const spansAfter = (...commands: MembershipCommand[]) => {
    let state = stationLimits.initial;
    for (const command of [
      { type: 'NoteChannels', measured, version: 1, at } as const,
      { type: 'NotePermit', permit, at } as const,
      ...commands,
    ])
      for (const event of stationLimits.decide(command, state)) state = stationLimits.evolve(state, event);
    const { limits, facility } = state.recorded;
    return [facility, ...limits.filter(({ limit }) => limit === '24h').map(({ from, to }) => [from, to])];
  };
  const end = ['2032-01-01', null];
  assert.deepEqual(spansAfter(), [null]);
  assert.deepEqual(spansAfter(attach('2020-05-01')), ['f1', ['2024-01-01', '2031-12-31'], end]);
  assert.deepEqual(spansAfter(attach('2020-05-01'), detach('2025-06-30')), ['f1', ['2024-01-01', '2025-06-30']]);
  assert.deepEqual(spansAfter(attach('2020-05-01'), detach('2025-06-30'), attach('2025-07-01', 'f2')), [
    'f2',
    ['2024-01-01', '2025-06-30'],
  ]);
  assert.deepEqual(spansAfter(attach('2020-05-01'), detach('2025-06-30'), attach('2026-01-01')), [
    'f1',
    ['2024-01-01', '2025-06-30'],
    ['2026-01-01', '2031-12-31'],
    end,
  ]);
});
