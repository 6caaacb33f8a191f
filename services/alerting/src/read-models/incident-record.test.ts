import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { IncidentEvent } from '../domain/incident.ts';
import { incidentRecord } from './incident-record.ts';

const at = (minute: number) => `2026-01-15T08:${String(minute).padStart(2, '0')}:00.000Z`;

const told = (station: string, minute: number, other: object = {}) => ({
  episode: `${station}/*/outage/1`,
  station,
  rule: 'outage' as const,
  standing: 'open' as const,
  summary: `nothing from ${station}`,
  backfilled: false,
  version: 1,
  knownSince: at(minute),
  at: at(30),
  ...other,
});
const opened = (...of: Parameters<typeof told>): IncidentEvent => ({ type: 'IncidentOpened', data: told(...of) });
const attached = (...of: Parameters<typeof told>): IncidentEvent => ({ type: 'EpisodeAttached', data: told(...of) });
const changed = (station: string, standing: 'closed' | 'withdrawn', other: object = {}): IncidentEvent => ({
  type: 'EpisodeChanged',
  data: { episode: `${station}/*/outage/1`, standing, version: 2, ...other, at: at(40) },
});
const released = (station: string): IncidentEvent => ({
  type: 'EpisodeReleased',
  data: { episode: `${station}/*/outage/1`, into: 'i-2', at: at(50) },
});

const aboutOf = (...events: readonly IncidentEvent[]) => {
  const { station, openedAt, summary, backfilled, episodes } = incidentRecord('i-1', events);
  return { station, openedAt, summary, backfilled, episodes: episodes.map(({ episode }) => episode[0]).join('') };
};

it('an incident says what the eldest of its episodes says, whichever was told first', () => {
  const both = { station: null, openedAt: at(1), summary: 'nothing from a', backfilled: false };
  assert.deepEqual(aboutOf(opened('a', 1), attached('b', 2)), { ...both, episodes: 'ab' });
  assert.deepEqual(aboutOf(opened('b', 2), attached('a', 1)), { ...both, episodes: 'ba' });
});

it('an incident says what an episode says that lasts, or else one that is founded', () => {
  const closed = [opened('a', 1), attached('b', 2), changed('a', 'closed', { summary: 'over' })];
  assert.equal(aboutOf(...closed).summary, 'nothing from b');
  assert.equal(aboutOf(...closed, changed('b', 'withdrawn')).summary, 'over');
  const { station, openedAt } = aboutOf(opened('a', 1), attached('b', 2), changed('a', 'withdrawn'));
  assert.deepEqual([station, openedAt], ['b', at(1)]);
});

it('an incident is not about what was released, and keeps what it was about when it was joined into another', () => {
  const content = { station: 'b', openedAt: at(2), summary: 'nothing from b', backfilled: false, episodes: 'b' };
  assert.deepEqual(aboutOf(opened('a', 1), attached('b', 2), released('a')), content);
  const joined: IncidentEvent = {
    type: 'IncidentResolved',
    data: { resolution: 'joined into i-2', by: 'alerting', at: at(50) },
  };
  assert.equal(aboutOf(opened('a', 1), attached('b', 2), joined).episodes, 'ab');
  assert.deepEqual(aboutOf(opened('a', 1), joined, attached('b', 2)), content);
});
