import { topics } from '@quantrac/contracts';
import { fold } from '@quantrac/event-sourcing';
import { runRounds, type ServiceDefinition, type Stores, type Surroundings } from '@quantrac/service';
import type { Relay } from '@quantrac/stream-processing';
import { recordApproval } from './api/approvals.ts';
import { stationRegistryCommands } from './api/commands.ts';
import { stationRegistryQueries } from './api/queries.ts';
import { stationChanges } from './api/station-changes.ts';
import { uploadAccounts } from './api/upload-accounts.ts';
import type { StationRegistrySettings } from './config.ts';
import { type StationEvent, station } from './domain/station.ts';
import { stationRecord } from './domain/station-record.ts';
import { approvals } from './processors/approvals.ts';
import { causeOf, openRegistryView } from './read-models/registry.ts';
import { stationStreams } from './read-models/streams.ts';

const FOLLOW_EVERY_MS = 60_000;

/** Stations, what they are known by, and who may upload for them. */
export const stationRegistryService = (
  { events }: Pick<Stores, 'events'>,
  _settings: StationRegistrySettings,
  { node, log }: Pick<Surroundings, 'node' | 'log'>,
): ServiceDefinition => {
  const view = openRegistryView(events);
  const stations = stationChanges(events);
  const accounts = uploadAccounts(events, view);
  return {
    name: 'station-registry',
    topics: [topics.stations],
    processors: [approvals],
    relays: [stationRelay],
    commands: stationRegistryCommands({ node, view, stations, accounts }),
    queries: stationRegistryQueries(view, events),
    aggregates: { station: recordApproval(events, log) },
    runAlone: [
      async () => {
        const onFailure = (error: unknown) => log.warn({ error }, 'stations wait to follow their names');
        return runRounds({ round: () => stations.followClaims(view), everyMs: FOLLOW_EVERY_MS, onFailure });
      },
    ],
  };
};

/** The whole state of a station after each commit of its stream. */
const stationRelay: Relay = {
  name: 'stations',
  topic: topics.stations,
  streamPrefix: stationStreams,
  record: ({ events, version, metadata }) => {
    const state = fold(station, events as readonly StationEvent[]);
    if (state === undefined) return undefined;
    const data = stationRecord(state, { version, cause: causeOf(metadata) });
    return { key: state.station, type: 'StationRecorded', knownAt: Date.parse(data.knownAt), data };
  },
};
