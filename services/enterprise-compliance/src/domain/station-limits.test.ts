import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { specification } from '@quantrac/event-sourcing/given';
import fc from 'fast-check';
import { aRule } from '../testing/builders.ts';
import type { MeasuredStation } from './demand.ts';
import { limitsInForce } from './limits-in-force.ts';
import { type StationLimitsCommand, type StationLimitsEvent, stationLimits } from './station-limits.ts';

const at = '2026-01-15T01:00:00.000Z';
const given = specification(stationLimits);

const measured = (...parameters: string[]): MeasuredStation => ({
  station: 's1',
  kind: 'wastewater',
  channels: parameters.map((parameter) => ({
    channel: parameter.toLowerCase(),
    parameter,
    keptIn: [{ from: null, unit: 'mg/L' }],
  })),
});
const noteChannels = (version: number, ...parameters: string[]): StationLimitsCommand => ({
  type: 'NoteChannels',
  measured: measured(...parameters),
  version,
  at,
});
const channelsNoted = (version: number, ...parameters: string[]): StationLimitsEvent => ({
  type: 'ChannelsNoted',
  data: { measured: measured(...parameters), version, at },
});
const demand = (version: number, changes: Parameters<typeof aRule>[0] = {}, id = 'p1') => ({
  permit: id,
  facility: 'f1',
  version,
  from: '2024-01-01',
  to: null,
  rules: [aRule(changes)],
});
const notePermit = (version: number, changes: Parameters<typeof aRule>[0] = {}, id = 'p1'): StationLimitsCommand => ({
  type: 'NotePermit',
  permit: demand(version, changes, id),
  at,
});
const permitNoted = (version: number): StationLimitsEvent => ({
  type: 'PermitNoted',
  data: { permit: demand(version), at },
});
const attached: StationLimitsEvent = { type: 'StationAttached', data: { facility: 'f1', from: '2020-05-01', at } };
const ofFacility: StationLimitsEvent = {
  type: 'LimitsRecorded',
  data: { facility: 'f1', limits: [], cause: 'facility:f1', knownAt: at },
};
const memberships = [{ facility: 'f1', from: '2020-05-01', to: null }];
const attach: StationLimitsCommand = { type: 'AttachStation', station: 's1', facility: 'f1', from: '2020-05-01', at };
const recorded = (cause: string): StationLimitsEvent => ({
  type: 'LimitsRecorded',
  data: {
    facility: 'f1',
    limits: limitsInForce(measured('COD'), { permits: [demand(1)], memberships, assigned: [] }),
    cause,
    knownAt: at,
  },
});
const assign = (standard: string): StationLimitsCommand => ({
  type: 'AssignStandard',
  assigned: { standard, from: '2025-01-01', to: null, earlyWarning: '0.7', method: 'mean-of-readings' },
  at,
});

test('a permit gives limits to the channels that are there', () => {
  given(attached, ofFacility, channelsNoted(1, 'COD'))
    .when(notePermit(1))
    .then(permitNoted(1), recorded('permit:p1/1'));
});

test('a channel that is registered after its permit gets its limits by itself', () => {
  given(attached, ofFacility).when(notePermit(1)).then(permitNoted(1));
  given(attached, ofFacility, permitNoted(1), channelsNoted(1, 'TSS'))
    .when(noteChannels(2, 'COD'))
    .then(channelsNoted(2, 'COD'), recorded('station:2'));
});

test('what was told before, or is older than what is known, changes nothing', () => {
  const known = [attached, channelsNoted(3, 'COD'), permitNoted(2), recorded('permit:p1/2')];
  given(...known)
    .when(notePermit(2))
    .thenNothing();
  given(...known)
    .when(notePermit(1, { column: 'B' }))
    .thenNothing();
  given(...known)
    .when(noteChannels(2, 'TSS'))
    .thenNothing();
  given(...known)
    .when(noteChannels(4, 'COD'))
    .thenNothing();
});

test('a permit that demands the same in a new version is noted, and the limits are not told again', () => {
  given(attached, channelsNoted(1, 'COD'), permitNoted(1), recorded('permit:p1/1'))
    .when(notePermit(2))
    .then(permitNoted(2));
});

test('a standard of ambient air is assigned to a station of ambient air only', () => {
  given(channelsNoted(1, 'COD')).when(assign('QCVN 05:2023/BTNMT')).thenRejected('StandardNotForKind');
  given().when(assign('QCVN 40:2011/BTNMT')).thenRejected('StandardNotAssignable');
  given().when(assign('QCVN 99:2050')).thenRejected('StandardNotAssignable');
});

test('in whatever order channels, permits and the facility are told, and however often, the limits become the same', () => {
  const commands: StationLimitsCommand[] = [
    attach,
    noteChannels(1, 'TSS'),
    noteChannels(2, 'TSS', 'COD'),
    noteChannels(3, 'COD', 'BOD5'),
    notePermit(1),
    notePermit(2, { column: 'B' }),
    notePermit(1, { channel: 'bod5' }, 'p2'),
    notePermit(1, { column: 'B', from: '2025-01-01' }, 'p3'),
  ];
  const limitsAfter = (told: readonly StationLimitsCommand[]) => {
    let state = stationLimits.initial;
    for (const command of told) state = fold(stationLimits, stationLimits.decide(command, state), state);
    return { limits: state.recorded.limits, facility: state.recorded.facility };
  };
  const expected = limitsAfter(commands);
  assert.ok(expected.limits.length > 0);
  const anyOrder = fc.shuffledSubarray([...commands, ...commands], { minLength: commands.length * 2 });
  fc.assert(
    fc.property(anyOrder, (told) => {
      assert.deepEqual(limitsAfter(told), expected);
    }),
    { numRuns: 60 },
  );
});

test('channels of a registry that was restored from a copy, and gives a version a second time, are noted', () => {
  const later = '2026-01-15T02:00:00.000Z';
  const again = { measured: measured('BOD'), version: 2, at: later };
  given(channelsNoted(3, 'COD'))
    .when({ type: 'NoteChannels', ...again })
    .then({ type: 'ChannelsNoted', data: again });
  given({ type: 'ChannelsNoted', data: again }).when(noteChannels(3, 'COD')).thenNothing();
});
