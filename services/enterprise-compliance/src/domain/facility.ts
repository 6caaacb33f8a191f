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
    };

export type FacilityCommand =
  | ({ readonly type: 'RegisterFacility'; readonly at: string } & Registered)
  | { readonly type: 'TransferFacility'; readonly to: string; readonly from: Day; readonly at: string };

export interface RegisteredFacility extends Registered {
  readonly status: 'registered';
  /** By date; each owns it until the next does. */
  readonly owners: readonly { readonly enterprise: string; readonly from: Day }[];
  readonly at: string;
}

/** Whose it is on a day; before the first owner's day, the first. */
export const ownerOn = ({ owners }: Pick<RegisteredFacility, 'owners'>, day: Day): string =>
  (owners.findLast(({ from }) => from <= day) ?? owners[0]!).enterprise;

export type Facility = { readonly status: 'unknown' } | RegisteredFacility;

const decide = (command: FacilityCommand, facility: Facility): readonly FacilityEvent[] => {
  if (command.type === 'RegisterFacility') return register(command, facility);
  if (facility.status === 'unknown')
    throw Fault.notFound('FacilityUnknown', 'the facility is not registered: register it first');
  return transfer(command, facility);
};

const register = (
  { type: _, at, ...registered }: Extract<FacilityCommand, { type: 'RegisterFacility' }>,
  facility: Facility,
): readonly FacilityEvent[] => {
  if (facility.status === 'registered') {
    if (facts.every((fact) => facility[fact] === registered[fact])) return [];
    throw Fault.rejected('FacilityKnown', `facility ${registered.facility} is registered with other facts`);
  }
  return [{ type: 'FacilityRegistered', data: { ...registered, at } }];
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

const evolve = (facility: Facility, event: FacilityEvent): Facility => {
  if (event.type === 'FacilityRegistered') {
    const { owner, operatingSince } = event.data;
    return { status: 'registered', ...event.data, owners: [{ enterprise: owner, from: operatingSince }] };
  }
  if (facility.status === 'unknown') return facility;
  const { to, from, at } = event.data;
  return { ...facility, owners: [...facility.owners, { enterprise: to, from }], at };
};

export const facility: Decider<Facility, FacilityCommand, FacilityEvent> = {
  initial: { status: 'unknown' },
  decide,
  evolve,
};
