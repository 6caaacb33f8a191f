import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EpisodeRecorded, type IncidentRecorded, topics } from '@quantrac/contracts';
import { driveProcessor } from '@quantrac/testing/drive-processor';
import type { NotificationRequest } from '../read-models/notifications.ts';
import { incidentNotes } from './incident-notes.ts';
import { incidentIdOf, incidentOpener, outagesAround } from './incident-opener.ts';

const HOUR = 3_600_000;

const episode = (version: number, other: Partial<EpisodeRecorded> = {}) => ({
  topic: topics.episodes,
  key: 'st1',
  type: 'EpisodeRecorded',
  data: {
    episode: `st1/cod/${other.rule ?? 'exceedance'}/1`,
    station: 'st1',
    rule: 'exceedance',
    version,
    state: 'open',
    start: '2026-01-15T08:00:00.000Z',
    explanation: 'beyond the limit',
    backfilled: false,
    nodeAway: false,
    declared: false,
    ...other,
  },
});

function told(...episodes: ReturnType<typeof episode>[]): string[] {
  const driven = driveProcessor(incidentOpener);
  for (const one of episodes) driven.take(one);
  return driven.commands.map(({ streamId, command }) => `${streamId} ${(command as { standing: string }).standing}`);
}

describe('incidents are told', () => {
  const stream = `incident-${incidentIdOf('st1/cod/exceedance/1')}`;

  it('when an episode is opened, closed and withdrawn, not at each version', () => {
    const peak = episode(2, { peak: '99' });
    const closed = episode(3, { state: 'closed' });
    const withdrawn = episode(4, { state: 'withdrawn' });
    assert.deepEqual(told(episode(1), peak, closed, withdrawn), [
      `${stream} open`,
      `${stream} closed`,
      `${stream} withdrawn`,
    ]);
  });

  it('nothing of an episode inside a declared period, until it outlasts it', () => {
    assert.deepEqual(told(episode(1, { declared: true })), []);
    assert.deepEqual(told(episode(1, { declared: true }), episode(2)), [`${stream} open`]);
    assert.deepEqual(told(episode(1), episode(2, { declared: true })), [`${stream} open`, `${stream} withdrawn`]);
  });

  it('again of one that is live news after all, once', () => {
    const late = episode(1, { backfilled: true });
    assert.deepEqual(told(late, episode(2, { backfilled: true }), episode(3), episode(4)), [
      `${stream} open`,
      `${stream} open`,
    ]);
  });

  it('of an outage by the outages of its day, the one on which it began first', () => {
    const outage = { rule: 'outage' as const };
    const later = { ...outage, start: '2026-01-15T20:00:00.000Z', state: 'closed' as const };
    assert.deepEqual(told(episode(1, outage), episode(2, later)), [
      'outages-2026-01-15 open',
      'outages-2026-01-15 closed',
    ]);
  });
});

it('midnight parts no days: the outages of a day have the days around', () => {
  const days = ['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];
  assert.deepEqual(
    outagesAround(['outages-2026-01-02', 'outages-2026-01-01']),
    days.map((day) => `outages-${day}`),
  );
});

it('the pieces of an outage that is filled in out of order are told as parts of it', () => {
  const outage = (ordinal: number, version: number, start: string, end: string | null) =>
    episode(version, {
      rule: 'outage',
      episode: `st1/*/outage/${ordinal}`,
      state: end === null ? 'open' : 'closed',
      start: `2026-01-${start}:00.000Z`,
      end: end && `2026-01-${end}:00.000Z`,
    });
  const driven = driveProcessor(incidentOpener);
  driven.take(outage(1, 1, '14T20:00', null));
  driven.take(outage(1, 2, '14T20:00', '15T20:00'));
  driven.take(outage(1, 3, '14T20:00', '15T10:00'));
  driven.take(outage(2, 1, '15T18:00', '15T20:00'));
  assert.deepEqual(
    driven.commands.map(({ streamId, command }) => [streamId, (command as { partOf?: string }).partOf]),
    [
      ['outages-2026-01-15', undefined],
      ['outages-2026-01-15', undefined],
      ['outages-2026-01-15', 'st1/*/outage/1'],
    ],
  );
});

describe('a mail is asked for', () => {
  const incident = (version: number, other: Partial<IncidentRecorded> = {}) => ({
    topic: topics.incidents,
    key: 'i-1',
    type: 'IncidentRecorded',
    data: {
      incident: 'i-1',
      version,
      station: 'st1',
      rule: 'exceedance',
      state: 'open',
      openedAt: '2026-01-15T08:00:00.000Z',
      knownAt: `2026-01-15T08:0${version}:00.000Z`,
      summary: 'beyond the limit',
      ...other,
    },
  });
  const requests = (...records: ReturnType<typeof incident>[]) => {
    const driven = driveProcessor(incidentNotes(6 * HOUR));
    for (const record of records) driven.take(record);
    return [...driven.documents<NotificationRequest>('notification-requests').values()];
  };

  it('once for an incident that is opened, and again when it is open again', () => {
    const states = ['open', 'acknowledged', 'resolved', 'open', 'open'] as const;
    const asked = requests(...states.map((state, index) => incident(index + 1, { state })));
    assert.deepEqual(
      asked.map(({ notification }) => notification),
      ['i-1-opened', 'i-1-reopened-4'],
    );
    assert.equal(asked[0]!.expiresAt - asked[0]!.requestedAt, 6 * HOUR);
  });

  it('as a live alarm once it is one, where it was known late at first', () => {
    const asked = requests(incident(1, { backfilled: true }), incident(2, { backfilled: false }), incident(3));
    assert.deepEqual(
      asked.map(({ notification, live }) => [notification, live]),
      [
        ['i-1-opened', false],
        ['i-1-live-2', true],
      ],
    );
  });

  it('as no live alarm for what was known late', () => {
    assert.deepEqual(
      requests(incident(1)).map(({ live }) => live),
      [true],
    );
    assert.deepEqual(
      requests(incident(1, { backfilled: true })).map(({ live }) => live),
      [false],
    );
  });
});
