import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given, later, registered } from '../testing/stations.ts';
import { station } from './station.ts';
import { stationRecord } from './station-record.ts';

const at = '2026-01-15T02:00:00.000Z';
const utc = { type: 'CorrectClock', from: null, offsetMs: 25_200_000, reason: 'logger in UTC', at } as const;
const { type: _, ...corrected } = utc;

describe("the clock of a station's logger", () => {
  it('is corrected from an arrival on, and is right again from a later one', () => {
    given(registered).when(utc).then({ type: 'StationClockCorrected', data: corrected });
    given(registered, { type: 'StationClockCorrected', data: corrected })
      .when({ ...utc, from: later, offsetMs: 0 })
      .then({ type: 'StationClockCorrected', data: { ...corrected, from: later, offsetMs: 0 } });
  });

  it('is not corrected twice the same way, nor by nothing', () => {
    given(registered, { type: 'StationClockCorrected', data: corrected }).when(utc).thenNothing();
    given(registered)
      .when({ ...utc, offsetMs: 0 })
      .thenNothing();
  });

  it('is told in the record of the station, in the order of the dates, a date corrected again replaced', () => {
    const events = [
      registered,
      { type: 'StationClockCorrected', data: { ...corrected, from: later, offsetMs: 0 } },
      { type: 'StationClockCorrected', data: corrected },
      { type: 'StationClockCorrected', data: { ...corrected, from: later, offsetMs: 60_000 } },
    ] as const;
    const state = events.reduce(station.evolve, undefined)!;
    assert.deepEqual(stationRecord(state, { version: 4, cause: 'command:1' }).clockCorrections, [
      { from: null, offsetMs: 25_200_000 },
      { from: later, offsetMs: 60_000 },
    ]);
  });
});
