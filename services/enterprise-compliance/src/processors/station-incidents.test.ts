import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IncidentRecorded, topics } from '@quantrac/contracts';
import { driveProcessor } from '@quantrac/testing/drive-processor';
import type { StationIncident } from '../read-models/station-incidents.ts';
import { stationIncidents } from '../read-models/station-incidents.ts';
import { incidentsOfStations } from './station-incidents.ts';

const outage: IncidentRecorded = {
  incident: 'i1',
  version: 1,
  station: null,
  rule: 'outage',
  state: 'open',
  openedAt: '2026-01-15T03:00:00.000Z',
  episodes: [],
  assignee: null,
  resolution: null,
  comments: 0,
  knownAt: '2026-01-15T03:00:00.000Z',
  cause: 'episode:1',
};
const episodesOf = (...stations: string[]): IncidentRecorded['episodes'] =>
  stations.map((station) => ({ episode: `${station}/*/outage/1`, state: 'open' }));

function drive() {
  const driven = driveProcessor(incidentsOfStations);
  const tell = (changes: Partial<IncidentRecorded>): number =>
    driven.take({ topic: topics.incidents, key: 'i1', type: 'IncidentRecorded', data: { ...outage, ...changes } })
      .length;
  const stations = (): string[] =>
    [...driven.documents<StationIncident | null>(stationIncidents.name).values()]
      .flatMap((document) => document?.station ?? [])
      .sort();
  return { tell, stations, documents: () => driven.documents<StationIncident>(stationIncidents.name) };
}

test('an outage that grows writes the stations that joined it, and no other again', () => {
  const { tell, stations } = drive();
  assert.equal(tell({ episodes: episodesOf('s1', 's2') }), 2);
  assert.equal(tell({ version: 2, episodes: episodesOf('s1', 's2', 's3') }), 1);
  assert.deepEqual(stations(), ['s1', 's2', 's3']);
});

test('a comment or an assignment writes nothing, its end writes every station', () => {
  const { tell, documents } = drive();
  tell({ episodes: episodesOf('s1', 's2') });
  assert.equal(tell({ version: 2, comments: 1, assignee: 'an', episodes: episodesOf('s1', 's2') }), 0);
  const knownAt = '2026-01-15T09:00:00.000Z';
  const resolved = { state: 'resolved', resolution: 'router replaced', knownAt } as const;
  assert.equal(tell({ version: 3, ...resolved, episodes: episodesOf('s1', 's2') }), 2);
  const later = { ...resolved, knownAt: '2026-01-16T09:00:00.000Z', comments: 1 };
  assert.equal(tell({ version: 4, ...later, episodes: episodesOf('s1', 's2') }), 0);
  assert.deepEqual(
    [...documents().values()].map(({ station, resolvedAt, remedy }) => [station, resolvedAt, remedy]),
    [
      ['s1', knownAt, 'router replaced'],
      ['s2', knownAt, 'router replaced'],
    ],
  );
});

test('a station whose episode is withdrawn had no incident, until it has one again', () => {
  const { tell, stations } = drive();
  const [first, second] = episodesOf('s1', 's2');
  tell({ episodes: [first!, second!] });
  tell({ version: 2, episodes: [first!, { ...second!, state: 'withdrawn' }] });
  assert.deepEqual(stations(), ['s1']);
  tell({
    version: 3,
    episodes: [
      { ...first!, state: 'withdrawn' },
      { ...second!, state: 'withdrawn' },
    ],
  });
  assert.deepEqual(stations(), []);
  tell({ version: 4, episodes: [{ ...first!, state: 'withdrawn' }, second!] });
  assert.deepEqual(stations(), ['s2']);
});
