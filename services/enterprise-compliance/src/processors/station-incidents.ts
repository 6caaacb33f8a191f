import { type IncidentRecorded, topics } from '@quantrac/contracts';
import type { DocumentOutput, Message, Processor } from '@quantrac/stream-processing';
import { type StationIncident, stationIncidents } from '../read-models/station-incidents.ts';

/** Keeps, for the annual report, which incidents a station had; one of several stations counts at each. */
export const incidentsOfStations: Processor<null> = {
  name: 'compliance-station-incidents',
  inputs: [topics.incidents],
  types: ['IncidentRecorded'],
  initial: null,
  documents: { [stationIncidents.name]: stationIncidents.indexes ?? {} },
  decide: (state, message) => {
    const { data } = message as Message<IncidentRecorded>;
    return { state, outputs: stationsOf(data).map((station) => documentOf(data, station)) };
  },
};

/** An episode's id begins with its station. */
const stationsOf = ({ station, episodes }: IncidentRecorded): readonly string[] =>
  station === null ? [...new Set(episodes.map(({ episode }) => episode.slice(0, episode.indexOf('/'))))] : [station];

function documentOf({ incident, rule, openedAt, state, knownAt, resolution }: IncidentRecorded, station: string) {
  const document: StationIncident = {
    station,
    incident,
    rule,
    openedAt,
    resolvedAt: state === 'resolved' ? knownAt : null,
    remedy: resolution,
  };
  const output: DocumentOutput = {
    kind: 'document',
    collection: stationIncidents.name,
    documentKey: `${incident}/${station}`,
    document,
  };
  return output;
}
