import { type StationRecorded, topics } from '@quantrac/contracts';
import type { CommandOutput, Message, Processor } from '@quantrac/stream-processing';
import type { StationLimitsCommand } from '../domain/station-limits.ts';
import { stationLimitsStream } from '../read-models/streams.ts';
import { sha256 } from './compliance-rows.ts';
import { measuredStation } from './station-record.ts';

/** Tells the limits of a station which channels it has, whenever that changes: a new channel gets its limits by itself. */
export const stationChannels: Processor<string> = {
  name: 'compliance-station-channels',
  inputs: [topics.stations],
  initial: '',
  decide: (told, message) => {
    const { data, knownAt } = message as Message<StationRecorded>;
    const measured = measuredStation(data);
    const digest = sha256(JSON.stringify(measured));
    if (digest === told) return { state: told, outputs: [] };
    const command: StationLimitsCommand = { type: 'NoteChannels', measured, version: data.version, at: data.knownAt };
    const streamId = stationLimitsStream(data.station);
    const note: CommandOutput = { kind: 'command', aggregate: 'station-limits', streamId, command, knownAt };
    return { state: digest, outputs: [note] };
  },
};
