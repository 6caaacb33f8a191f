import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { identifiedTopics, identityOf, topicOfType } from './identity.ts';
import { topics } from './topics.ts';

const at = Date.UTC(2026, 0, 15, 1, 30);
const instant = '2026-01-15T01:30:00.000Z';

describe('the identity of a record', () => {
  test('is what DESIGN 7.1 says, for every type that a node forwards', () => {
    const cases: readonly [type: string, data: object, series: string, time: number, version: number][] = [
      ['StationRecorded', { version: 3 }, 'record', 0, 3],
      ['ObservationSetReceived', { time: instant, revision: 2 }, 'set', at, 2],
      ['ObservationSetChecked', { time: instant, version: 4 }, 'set', at, 4],
      [
        'AggregateComputed',
        { channel: 'COD', statistic: 'mean', length: '1h', end: instant, version: 2 },
        'COD/mean/1h',
        at,
        2,
      ],
      ['ReviewRecorded', { review: 'r1', version: 1 }, 'r1', 0, 1],
      ['LimitsRecorded', { version: 7 }, 'limits', 0, 7],
      [
        'ComplianceDayEvaluated',
        { channel: 'COD', limit: '24h', day: '2026-01-15', version: 1 },
        'COD/24h',
        Date.UTC(2026, 0, 15, 17),
        1,
      ],
      ['EpisodeRecorded', { episode: 's1/COD/exceedance/1h/1', version: 5 }, 's1/COD/exceedance/1h/1', 0, 5],
      ['IncidentRecorded', { incident: 'i1', version: 2 }, 'i1', 0, 2],
      ['FileHeld', { held: 'h1', version: 1 }, 'h1', 0, 1],
      ['IntakeAdvanced', { upTo: instant, knownAt: instant }, 'advance', at, at],
    ];
    for (const [type, data, series, time, version] of cases) {
      assert.deepEqual(identityOf(type, data), { series, time, version }, type);
      assert.ok(topicOfType(type)!.records[type], type);
    }
  });

  test('is refused for a value that does not say it', () => {
    const values = [
      null,
      'text',
      {},
      { time: instant },
      { time: '15/01/2026', version: 1 },
      { time: '2026-02-30T00:00:00.000Z', version: 1 },
      { time: instant, version: 0 },
      { time: instant, version: '1' },
      { time: instant, version: 1.5 },
    ];
    for (const value of values)
      assert.throws(
        () => identityOf('ObservationSetChecked', value),
        (error) => isFault(error, 'RecordUnreadable'),
      );
    assert.throws(
      () => identityOf('ComplianceDayEvaluated', { channel: 'a', limit: 'b', day: '2026-13-01', version: 1 }),
      (error) => isFault(error, 'RecordUnreadable'),
    );
  });

  test('is unknown for a type of a later release', () => {
    assert.equal(topicOfType('ManifestSigned'), undefined);
    assert.throws(
      () => identityOf('ManifestSigned', {}),
      (error) => isFault(error, 'TypeUnknown'),
    );
  });

  test('names each topic once', () => {
    assert.equal(new Set(identifiedTopics).size, identifiedTopics.length);
    assert.ok(identifiedTopics.includes(topics.observationsChecked));
  });
});
