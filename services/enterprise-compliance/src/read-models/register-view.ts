import { type Decider, fold } from '@quantrac/event-sourcing';
import type { Commit, EventStore } from '@quantrac/event-store';
import { type DaySpan, later } from '../domain/day-span.ts';
import { type EnterpriseEvent, enterprise, type RegisteredEnterprise } from '../domain/enterprise.ts';
import { type FacilityEvent, facility, type RegisteredFacility } from '../domain/facility.ts';
import type { MembershipEvent } from '../domain/membership.ts';
import { type GrantedPermit, type PermitEvent, permit } from '../domain/permit.ts';
import type { StationLimitsEvent } from '../domain/station-limits.ts';
import { enterpriseStreams, facilityStreams, permitStreams, stationLimitsStreams } from './streams.ts';

export interface Known<State> {
  readonly state: State;
  readonly version: number;
}

/** Kept with each station, since it belongs to one facility at a time; gathered here by facility. */
export interface Members {
  readonly stations: readonly (DaySpan & { readonly station: string })[];
  /** How often they changed, and when last. */
  readonly changes: number;
  readonly at: string;
}

const noMembers: Members = { stations: [], changes: 0, at: '' };

/** What the streams have led to, by id. Valid until something is awaited: it is followed in place. */
export interface Registers {
  readonly enterprises: ReadonlyMap<string, Known<RegisteredEnterprise>>;
  readonly facilities: ReadonlyMap<string, Known<RegisteredFacility>>;
  readonly permits: ReadonlyMap<string, Known<GrantedPermit>>;
  /** By facility: the stations that ever belonged to it. */
  readonly members: ReadonlyMap<string, Members>;
  /** By `notedKey`: the newest version of a permit that a station's limits have noted. */
  readonly noted: ReadonlyMap<string, number>;
}

/**
 * Folded from the event store, in memory: before each answer the commits since the last one are read. So whoever granted
 * a permit sees it in the next answer, and after a crash nothing is to be repaired here.
 */
export interface RegisterView {
  current(): Promise<Registers>;
}

export const openRegisterView = (events: EventStore): RegisterView => {
  const followed: FollowedRegisters = {
    enterprises: new Map(),
    facilities: new Map(),
    permits: new Map(),
    members: new Map(),
    noted: new Map(),
  };
  let position = 0;
  const follow = async (): Promise<void> => {
    for (let more = true; more; ) {
      const commits = await events.readAll<RegisterEvent>(position, commitsAtOnce);
      for (const commit of commits) take(followed, commit);
      position = commits.at(-1)?.position ?? position;
      more = commits.length === commitsAtOnce;
    }
  };
  let following = Promise.resolve();
  return {
    async current() {
      // A question must not be answered by a reading that began before it.
      following = following.then(follow, follow);
      await following;
      return followed;
    },
  };
};

export const membersOf = ({ members }: Pick<Registers, 'members'>, facility: string): Members =>
  members.get(facility) ?? noMembers;

export const notedKey = (station: string, permit: string): string => `${station}/${permit}`;

type RegisterEvent = EnterpriseEvent | FacilityEvent | PermitEvent | StationLimitsEvent;

type FollowedRegisters = {
  readonly [Name in keyof Registers]: Registers[Name] extends ReadonlyMap<string, infer Value>
    ? Map<string, Value>
    : never;
};

const commitsAtOnce = 1000;

function take(followed: FollowedRegisters, commit: Commit<RegisterEvent>): void {
  const { enterprises, facilities, permits } = followed;
  takeInto(enterprises, enterpriseStreams, enterprise, commit as Commit<EnterpriseEvent>);
  takeInto(facilities, facilityStreams, facility, commit as Commit<FacilityEvent>);
  takeInto(permits, permitStreams, permit, commit as Commit<PermitEvent>);
  if (commit.streamId.startsWith(stationLimitsStreams)) takeStation(followed, commit as Commit<StationLimitsEvent>);
}

/** Folds a commit of one of these streams into what is known of it. */
function takeInto<Registered extends { readonly status: string }, Command, Event>(
  known: Map<string, Known<Registered>>,
  prefix: string,
  decider: Decider<Registered | { readonly status: 'unknown' }, Command, Event>,
  { streamId, events, fromVersion }: Commit<Event>,
): void {
  if (!streamId.startsWith(prefix)) return;
  const id = streamId.slice(prefix.length);
  const state = fold(decider, events, known.get(id)?.state);
  if (state.status !== 'unknown') known.set(id, { state: state as Registered, version: fromVersion + events.length });
}

function takeStation({ noted, members }: FollowedRegisters, { streamId, events }: Commit<StationLimitsEvent>): void {
  const station = streamId.slice(stationLimitsStreams.length);
  for (const event of events)
    if (event.type === 'PermitNoted') {
      const { permit, version } = event.data.permit;
      noted.set(notedKey(station, permit), version);
    } else if (event.type === 'StationAttached' || event.type === 'StationDetached') {
      const { facility: id } = event.data;
      members.set(id, withMember(members.get(id) ?? noMembers, station, event));
    }
}

const withMember = ({ stations, changes, at }: Members, station: string, event: MembershipEvent): Members => ({
  stations:
    event.type === 'StationAttached'
      ? [...stations, { station, from: event.data.from, to: null }]
      : stations.map((one) => (one.station === station && one.to === null ? { ...one, to: event.data.to } : one)),
  changes: changes + 1,
  at: later(event.data.at, at),
});
