import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { at, channelAdded, given, later, registered } from '../testing/stations.ts';
import { type StationEvent, station } from './station.ts';
import { stationRecord } from './station-record.ts';

const declaration = {
  period: 'p1',
  kind: 'maintenance',
  from: at,
  to: later,
  by: 'ha',
  expected: false,
  reason: 'pump',
} as const;
const declare = { type: 'DeclarePeriod', ...declaration, at } as const;
const declared: StationEvent = { type: 'PeriodDeclared', data: { ...declaration, at } };
const accepted: StationEvent = { type: 'PeriodAccepted', data: { period: 'p1', at } };
const rejected: StationEvent = { type: 'PeriodRejected', data: { period: 'p1', reason: 'no proof', at } };
const withdrawn: StationEvent = { type: 'PeriodWithdrawn', data: { period: 'p1', reason: 'not needed', at } };

const told = (...events: StationEvent[]) =>
  stationRecord(fold(station, [registered, ...events])!, { version: 1, cause: 'command:1' }).declaredPeriods;

describe('a declared period', () => {
  it('is declared once, and not otherwise under the same id', () => {
    given(registered).when(declare).then(declared);
    given(registered, declared).when(declare).thenNothing();
    given(registered, declared, accepted).when(declare).thenNothing();
    given(registered, declared)
      .when({ ...declare, reason: 'other' })
      .thenRejected('PeriodExists');
  });

  it('ends after it begins and covers channels that are there', () => {
    given(registered)
      .when({ ...declare, to: at })
      .thenRejected('PeriodBackwards');
    given(registered)
      .when({ ...declare, channels: ['cod'] })
      .thenRejected('ChannelUnknown');
    given(registered, channelAdded('cod'))
      .when({ ...declare, channels: ['cod'] })
      .then({ type: 'PeriodDeclared', data: { ...declaration, channels: ['cod'], at } });
  });

  it('is accepted or rejected, each once, and the judgement may change', () => {
    given(registered, declared).when({ type: 'AcceptPeriod', period: 'p1', at }).then(accepted);
    given(registered, declared, accepted).when({ type: 'AcceptPeriod', period: 'p1', at }).thenNothing();
    given(registered, declared, accepted)
      .when({ type: 'RejectPeriod', period: 'p1', reason: 'no proof', at })
      .then(rejected);
  });

  it('is withdrawn for good', () => {
    given(registered, declared)
      .when({ type: 'WithdrawPeriod', period: 'p1', reason: 'not needed', at })
      .then(withdrawn);
    given(registered, declared, withdrawn)
      .when({ type: 'AcceptPeriod', period: 'p1', at })
      .thenRejected('PeriodWithdrawn');
  });

  it('must be declared to be judged', () => {
    given(registered).when({ type: 'AcceptPeriod', period: 'p1', at }).thenRejected('PeriodUnknown');
  });

  it('is told with who declared it and whether it is accepted, until it is rejected or withdrawn', () => {
    assert.deepEqual(told(declared), [{ ...declaration, accepted: false }]);
    assert.deepEqual(told(declared, accepted), [{ ...declaration, accepted: true }]);
    assert.deepEqual(told(declared, accepted, rejected), []);
    assert.deepEqual(told(declared, withdrawn), []);
  });
});
