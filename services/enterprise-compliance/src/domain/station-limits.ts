import type { LimitInForce } from '@quantrac/contracts/compliance';
import { type Decider, Fault, isNewer } from '@quantrac/event-sourcing';
import { standardByCode } from '@quantrac/regulations';
import { later } from './day-span.ts';
import type { AssignedStandard, MeasuredStation, PermitDemand } from './demand.ts';
import { limitsInForce } from './limits-in-force.ts';
import {
  changeMembership,
  type Membership,
  type MembershipCommand,
  type MembershipEvent,
  withMembership,
} from './membership.ts';

/** One version of a permit, as far as it concerns this station; no rules: it demands nothing here any more. */
interface NotedPermit extends PermitDemand {
  readonly version: number;
}

interface Recorded {
  readonly facility: string | null;
  readonly limits: readonly LimitInForce[];
  readonly cause: string;
  /** When the latest of its causes became known. */
  readonly knownAt: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type StationLimitsEvent =
  | MembershipEvent
  | {
      readonly type: 'ChannelsNoted';
      readonly data: { readonly measured: MeasuredStation; readonly version: number; readonly at: string };
    }
  | { readonly type: 'PermitNoted'; readonly data: { readonly permit: NotedPermit; readonly at: string } }
  | { readonly type: 'StandardAssigned'; readonly data: { readonly assigned: AssignedStandard; readonly at: string } }
  | { readonly type: 'LimitsRecorded'; readonly data: Recorded };

export type StationLimitsCommand =
  | {
      readonly type: 'NoteChannels';
      readonly measured: MeasuredStation;
      /** Of the station's record. */
      readonly version: number;
      readonly at: string;
    }
  | { readonly type: 'NotePermit'; readonly permit: NotedPermit; readonly at: string }
  | { readonly type: 'AssignStandard'; readonly assigned: AssignedStandard; readonly at: string }
  | MembershipCommand;

export interface StationLimits {
  readonly measured?: MeasuredStation;
  readonly stationVersion: number;
  readonly stationKnownAt: string;
  /** By date, none of them overlapping. */
  readonly memberships: readonly Membership[];
  readonly permits: readonly NotedPermit[];
  readonly assigned: readonly AssignedStandard[];
  readonly recorded: Recorded;
}

/** What was noted, and with it the limits where they are others now: a change of tables never rewrites what was told. */
const decide = (command: StationLimitsCommand, state: StationLimits): readonly StationLimitsEvent[] => {
  const noted = note(command, state);
  if (!noted) return [];
  const next = evolve(state, noted);
  const limits = next.measured ? limitsInForce(next.measured, next) : [];
  const facility = next.memberships.at(-1)?.facility ?? null;
  const { recorded } = state;
  if (same(limits, recorded.limits) && facility === recorded.facility) return [noted];
  const knownAt = later(command.at, recorded.knownAt);
  return [noted, { type: 'LimitsRecorded', data: { facility, limits, cause: causeOf(command), knownAt } }];
};

const note = (command: StationLimitsCommand, state: StationLimits): StationLimitsEvent | undefined => {
  const { at } = command;
  switch (command.type) {
    case 'NoteChannels': {
      const { measured, version } = command;
      const known = { version: state.stationVersion, knownAt: state.stationKnownAt };
      const old = !isNewer({ version, knownAt: at }, known) || same(measured, state.measured);
      return old ? undefined : { type: 'ChannelsNoted', data: { measured, version, at } };
    }
    case 'NotePermit': {
      const { permit } = command;
      const known = state.permits.find((other) => other.permit === permit.permit);
      return known && permit.version <= known.version ? undefined : { type: 'PermitNoted', data: { permit, at } };
    }
    case 'AttachStation':
    case 'DetachStation':
      return changeMembership(command, state.memberships);
    case 'AssignStandard': {
      const { assigned } = command;
      checkAssigned(assigned, state);
      const known = state.assigned.find(({ from }) => from === assigned.from);
      return same(known, assigned) ? undefined : { type: 'StandardAssigned', data: { assigned, at } };
    }
  }
};

function checkAssigned({ standard, from, to }: AssignedStandard, { measured }: StationLimits): void {
  const medium = standardByCode(standard)?.medium;
  if (medium !== 'ambient-air')
    throw Fault.invalid('StandardNotAssignable', `"${standard}" is no standard of ambient air: grant a permit instead`);
  if (measured && measured.kind !== medium)
    throw Fault.rejected('StandardNotForKind', `the station is of kind ${measured.kind}: grant its facility a permit`);
  if (to !== null && to < from) throw Fault.invalid('AssignmentDays', `a standard from ${from} cannot end on ${to}`);
}

const causeOf = (command: StationLimitsCommand): string => {
  switch (command.type) {
    case 'NoteChannels':
      return `station:${command.version}`;
    case 'NotePermit':
      return `permit:${command.permit.permit}/${command.permit.version}`;
    case 'AssignStandard':
      return `standard:${command.assigned.standard}`;
    case 'AttachStation':
    case 'DetachStation':
      return `facility:${command.facility}`;
  }
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const evolve = (state: StationLimits, event: StationLimitsEvent): StationLimits => {
  switch (event.type) {
    case 'ChannelsNoted':
      return {
        ...state,
        measured: event.data.measured,
        stationVersion: event.data.version,
        stationKnownAt: event.data.at,
      };
    case 'PermitNoted': {
      const { permit } = event.data;
      const others = state.permits.filter((other) => other.permit !== permit.permit);
      // Ordered by id, so that the order in which permits were told changes nothing.
      return { ...state, permits: [...others, permit].sort((a, b) => (a.permit < b.permit ? -1 : 1)) };
    }
    case 'StandardAssigned': {
      const { assigned } = event.data;
      return { ...state, assigned: [...state.assigned.filter(({ from }) => from !== assigned.from), assigned] };
    }
    case 'StationAttached':
    case 'StationDetached':
      return { ...state, memberships: withMembership(state.memberships, event) };
    case 'LimitsRecorded':
      return { ...state, recorded: event.data };
  }
};

/** What one station is held to: facilities and permits name it, and only one stream for each station puts them in order. */
export const stationLimits: Decider<StationLimits, StationLimitsCommand, StationLimitsEvent> = {
  initial: {
    stationVersion: 0,
    stationKnownAt: '',
    memberships: [],
    permits: [],
    assigned: [],
    recorded: { facility: null, limits: [], cause: 'none:none', knownAt: '' },
  },
  decide,
  evolve,
};
