import { topics } from '@quantrac/contracts';
import { fold } from '@quantrac/event-sourcing';
import type { ServiceDefinition, Stores, Surroundings } from '@quantrac/service';
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
    run: [
      async () => {
        await stations.followClaims(view);
        return { stop: async () => {} };
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
