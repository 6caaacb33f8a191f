import { type IncidentRecorded, topics } from '@quantrac/contracts';
import type { DocumentOutput, Message, Processor } from '@quantrac/stream-processing';
import { type StationIncident, stationIncidents } from '../read-models/station-incidents.ts';

/** What is written of an incident: an outage of five hundred stations is told anew with each of them. */
export interface WrittenIncident {
  /** What all of its stations have in common. */
  readonly facts: Omit<StationIncident, 'station'> | null;
  readonly stations: readonly string[];
}

/** Keeps, for the annual report, which incidents a station had; one of several stations counts at each. */
export const incidentsOfStations: Processor<WrittenIncident> = {
  name: 'compliance-station-incidents',
  inputs: [topics.incidents],
  types: ['IncidentRecorded'],
  initial: { facts: null, stations: [] },
  documents: { [stationIncidents.name]: stationIncidents.indexes ?? {} },
  decide: (written, message) => {
    const { data } = message as Message<IncidentRecorded>;
    const [facts, stations] = [factsOf(data, written), stationsOf(data)];
    const known = new Set(isSame(facts, written.facts) ? written.stations : []);
    const changed = stations.filter((station) => !known.has(station));
    const has = new Set(stations);
    const gone = written.stations.filter((station) => !has.has(station));
    const outputs = [
      ...changed.map((station) => outputOf(data.incident, station, { station, ...facts })),
      ...gone.map((station) => outputOf(data.incident, station, null)),
    ];
    return { state: { facts, stations }, outputs };
  },
};

/** An episode's id begins with its station; one that is withdrawn never was. */
const stationsOf = ({ station, episodes }: IncidentRecorded): readonly string[] => {
  const had = episodes.filter(({ state }) => state !== 'withdrawn');
  if (had.length === 0) return [];
  return station === null ? [...new Set(had.map(({ episode }) => episode.slice(0, episode.indexOf('/'))))] : [station];
};

/** What is said after the resolution does not move it. */
const factsOf = (
  { incident, rule, openedAt, state, knownAt, resolution }: IncidentRecorded,
  { facts }: WrittenIncident,
) => ({
  incident,
  rule,
  openedAt,
  resolvedAt: state === 'resolved' ? (facts?.resolvedAt ?? knownAt) : null,
  remedy: resolution,
});

const isSame = (a: object, b: object | null): boolean => JSON.stringify(a) === JSON.stringify(b);

const outputOf = (incident: string, station: string, document: StationIncident | null): DocumentOutput => ({
  kind: 'document',
  collection: stationIncidents.name,
  documentKey: `${incident}/${station}`,
  document,
});
