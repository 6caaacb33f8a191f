import { type LimitsRecorded, topics } from '@quantrac/contracts';
import type { Relay } from '@quantrac/stream-processing';
import type { StationLimitsEvent } from '../domain/station-limits.ts';
import { stationLimitsStreams } from '../read-models/streams.ts';

/** All limits of a station after each commit that changed them, as they were decided then. */
export const limitsRelay: Relay = {
  name: 'limits',
  topic: topics.limits,
  streamPrefix: stationLimitsStreams,
  record: ({ streamId, events, version }) => {
    const last = events.at(-1) as StationLimitsEvent;
    if (last.type !== 'LimitsRecorded') return undefined;
    const { facility, limits, cause, knownAt } = last.data;
    const station = streamId.slice(stationLimitsStreams.length);
    const data: LimitsRecorded = { station, facility, version, limits: [...limits], knownAt, cause };
    return { key: station, type: 'LimitsRecorded', knownAt: Date.parse(knownAt), data };
  },
};
