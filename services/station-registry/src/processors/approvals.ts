import { type DirectiveIssued, topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Processor } from '@quantrac/stream-processing';
import type { StationCommand } from '../domain/station.ts';
import { stationStream } from '../read-models/streams.ts';

export type ApprovalCommand = Extract<StationCommand, { readonly type: 'RecordApproval' }>;

const stateOf = { 'station-approved': 'approved', 'station-rejected': 'rejected' } as const;

/** Takes the ministry's answers about stations to the stations; other directives are not the registry's. */
export const approvals: Processor<Record<string, never>> = {
  name: 'station-approvals',
  inputs: [topics.directives],
  initial: {},
  decide: (state, message) => {
    const { directive, kind, station, reason } = message.data as DirectiveIssued;
    if (kind === 'correction-requested' || station === null) return { state, outputs: [] };
    const at = toInstant(message.knownAt);
    const command: ApprovalCommand = { type: 'RecordApproval', state: stateOf[kind], reason, directive, at };
    const streamId = stationStream(station);
    return { state, outputs: [{ kind: 'command', aggregate: 'station', streamId, command, knownAt: message.knownAt }] };
  },
};
