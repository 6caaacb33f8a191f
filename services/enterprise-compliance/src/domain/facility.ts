import type { FacilityEntry } from '@quantrac/contracts/registers';
import { type Decider, Fault } from '@quantrac/event-sourcing';
import type { Day } from '@quantrac/regulations';

interface Registered {
  readonly facility: string;
  readonly name: string;
  readonly kind: FacilityEntry['kind'];
  readonly owner: string;
  readonly operatingSince: Day;
}

/** Stored for ever: names and shapes are the storage format. */
export type FacilityEvent =
  | { readonly type: 'FacilityRegistered'; readonly data: Registered & { readonly at: string } }
  | {
      readonly type: 'FacilityTransferred';
      readonly data: { readonly to: string; readonly from: Day; readonly at: string };
    }
  | {
      readonly type: 'StationAttached';
      readonly data: { readonly station: string; readonly from: Day; readonly at: string };
    }
  | {
      readonly type: 'StationDetached';
      readonly data: { readonly station: string; readonly to: Day; readonly at: string };
    };

export type FacilityCommand =
  | ({
      readonly type: 'RegisterFacility';
      readonly stations: readonly { readonly station: string; readonly from?: Day | undefined }[];
      readonly at: string;
    } & Registered)
  | { readonly type: 'TransferFacility'; readonly to: string; readonly from: Day; readonly at: string }
  | { readonly type: 'AttachStation'; readonly station: string; readonly from: Day; readonly at: string }
  | { readonly type: 'DetachStation'; readonly station: string; readonly to: Day; readonly at: string };

interface Membership {
  readonly station: string;
  readonly from: Day;
  readonly to: Day | null;
}

export interface RegisteredFacility extends Registered {
  readonly status: 'registered';
  /** By date; the last one owns it. */
  readonly owners: readonly { readonly enterprise: string; readonly from: Day }[];
  readonly stations: readonly Membership[];
  readonly at: string;
}

export type Facility = { readonly status: 'unknown' } | RegisteredFacility;

const decide = (command: FacilityCommand, facility: Facility): readonly FacilityEvent[] => {
  if (command.type === 'RegisterFacility') return register(command, facility);
  if (facility.status === 'unknown')
    throw Fault.notFound('FacilityUnknown', 'the facility is not registered: register it first');
  switch (command.type) {
    case 'TransferFacility':
      return transfer(command, facility);
    case 'AttachStation':
      return attach(command, facility);
    case 'DetachStation':
      return detach(command, facility);
  }
};

const register = (
  { type: _, stations, at, ...registered }: Extract<FacilityCommand, { type: 'RegisterFacility' }>,
  facility: Facility,
): readonly FacilityEvent[] => {
  if (facility.status === 'registered') {
    if (facts.every((fact) => facility[fact] === registered[fact])) return [];
    throw Fault.rejected('FacilityKnown', `facility ${registered.facility} is registered with other facts`);
  }
  const attached = stations.map(({ station, from = registered.operatingSince }) => ({ station, from, at }));
  return [
    { type: 'FacilityRegistered', data: { ...registered, at } },
    ...attached.map((data): FacilityEvent => ({ type: 'StationAttached', data })),
  ];
};

const facts = ['name', 'kind', 'owner', 'operatingSince'] as const;

const transfer = (
  { to, from, at }: Extract<FacilityCommand, { type: 'TransferFacility' }>,
  { owners }: RegisteredFacility,
): readonly FacilityEvent[] => {
  const last = owners.at(-1)!;
  if (last.enterprise === to && last.from <= from) return [];
  if (from <= last.from)
    throw Fault.rejected('OwnerSinceLater', `${last.enterprise} has owned it since ${last.from}: give a later day`);
  return [{ type: 'FacilityTransferred', data: { to, from, at } }];
};

const attach = (
  { station, from, at }: Extract<FacilityCommand, { type: 'AttachStation' }>,
  { stations }: RegisteredFacility,
): readonly FacilityEvent[] => {
  const last = stations.findLast((membership) => membership.station === station);
  if (last?.to === null && last.from <= from) return [];
  if (last && (last.to === null || from <= last.to))
    throw Fault.rejected('StationAttached', `station ${station} has belonged to it since ${last.from}`);
  return [{ type: 'StationAttached', data: { station, from, at } }];
};

const detach = (
  { station, to, at }: Extract<FacilityCommand, { type: 'DetachStation' }>,
  { stations }: RegisteredFacility,
): readonly FacilityEvent[] => {
  const last = stations.findLast((membership) => membership.station === station);
  if (last?.to === to) return [];
  if (last?.to !== null)
    throw Fault.rejected('StationNotAttached', `station ${station} does not belong to it: attach it first`);
  if (to < last.from)
    throw Fault.invalid('DayBefore', `station ${station} has belonged to it since ${last.from}: give a later day`);
  return [{ type: 'StationDetached', data: { station, to, at } }];
};

const evolve = (facility: Facility, event: FacilityEvent): Facility => {
  if (event.type === 'FacilityRegistered') {
    const { owner, operatingSince } = event.data;
    return { status: 'registered', ...event.data, owners: [{ enterprise: owner, from: operatingSince }], stations: [] };
  }
  if (facility.status === 'unknown') return facility;
  const { at } = event.data;
  switch (event.type) {
    case 'FacilityTransferred':
      return { ...facility, owners: [...facility.owners, { enterprise: event.data.to, from: event.data.from }], at };
    case 'StationAttached': {
      const { station, from } = event.data;
      return { ...facility, stations: [...facility.stations, { station, from, to: null }], at };
    }
    case 'StationDetached': {
      const { station, to } = event.data;
      const ended = facility.stations.map((membership) =>
        membership.station === station && membership.to === null ? { ...membership, to } : membership,
      );
      return { ...facility, stations: ended, at };
    }
  }
};

export const facility: Decider<Facility, FacilityCommand, FacilityEvent> = {
  initial: { status: 'unknown' },
  decide,
  evolve,
};
