import { Fault } from '@quantrac/event-sourcing';
import type { Day } from '@quantrac/regulations';
import type { DaySpan } from './day-span.ts';

/** A station belongs to a facility; days, both inclusive. */
export interface Membership extends DaySpan {
  readonly facility: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type MembershipEvent =
  | {
      readonly type: 'StationAttached';
      readonly data: { readonly facility: string; readonly from: Day; readonly at: string };
    }
  | {
      readonly type: 'StationDetached';
      readonly data: { readonly facility: string; readonly to: Day; readonly at: string };
    };

export type MembershipCommand =
  | {
      readonly type: 'AttachStation';
      readonly station: string;
      readonly facility: string;
      readonly from: Day;
      readonly at: string;
    }
  | {
      readonly type: 'DetachStation';
      readonly station: string;
      readonly facility: string;
      readonly to: Day;
      readonly at: string;
    };

/** A station belongs to one facility at a time. Undefined: it does so already. */
export const changeMembership = (
  command: MembershipCommand,
  memberships: readonly Membership[],
): MembershipEvent | undefined =>
  command.type === 'AttachStation' ? attach(command, memberships) : detach(command, memberships);

const attach = (
  { station, facility, from, at }: Extract<MembershipCommand, { type: 'AttachStation' }>,
  memberships: readonly Membership[],
): MembershipEvent | undefined => {
  const last = memberships.at(-1);
  if (last?.facility === facility && last.to === null && last.from <= from) return undefined;
  if (last && (last.to === null || from <= last.to)) {
    const until = last.to === null ? ': detach it there first' : ` until ${last.to}: give a later day`;
    throw Fault.rejected(
      'StationAttached',
      `station ${station} has belonged to facility ${last.facility} since ${last.from}${until}`,
    );
  }
  return { type: 'StationAttached', data: { facility, from, at } };
};

const detach = (
  { station, facility, to, at }: Extract<MembershipCommand, { type: 'DetachStation' }>,
  memberships: readonly Membership[],
): MembershipEvent | undefined => {
  const last = memberships.findLast((membership) => membership.facility === facility);
  if (last?.to === to) return undefined;
  if (last?.to !== null)
    throw Fault.rejected('StationNotAttached', `station ${station} does not belong to ${facility}: attach it first`);
  if (to < last.from)
    throw Fault.invalid('DayBefore', `station ${station} has belonged to it since ${last.from}: give a later day`);
  return { type: 'StationDetached', data: { facility, to, at } };
};

/** By date, none of them overlapping. */
export const withMembership = (memberships: readonly Membership[], event: MembershipEvent): readonly Membership[] => {
  if (event.type === 'StationAttached') {
    const { facility, from } = event.data;
    return [...memberships, { facility, from, to: null }];
  }
  const { facility, to } = event.data;
  return memberships.map((one) => (one.facility === facility && one.to === null ? { ...one, to } : one));
};
