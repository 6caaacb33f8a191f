import type { PermitRule } from '@quantrac/contracts/registers';
import { type Decider, Fault } from '@quantrac/event-sourcing';
import type { Day } from '@quantrac/regulations';
import { type DaySpan, dayBefore, earlier } from './day-span.ts';
import { checkRules } from './permit-rules.ts';

interface Granted {
  readonly permit: string;
  readonly facility: string;
  readonly number: string;
  readonly from: Day;
  readonly to: Day | null;
  readonly rules: readonly PermitRule[];
  /** The day since which the facility has operated or held a permit. */
  readonly facilitySince: Day;
}

interface Amended {
  readonly rules: readonly PermitRule[];
  readonly to: Day | null;
  readonly reason: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type PermitEvent =
  | { readonly type: 'PermitGranted'; readonly data: Granted & { readonly at: string } }
  | { readonly type: 'PermitAmended'; readonly data: Amended & { readonly at: string } }
  | {
      readonly type: 'PermitRevoked';
      readonly data: { readonly from: Day; readonly reason: string; readonly at: string };
    };

export type PermitCommand =
  | ({ readonly type: 'GrantPermit'; readonly at: string } & Granted)
  | {
      readonly type: 'AmendPermit';
      readonly rules: readonly PermitRule[];
      /** Undefined: as before. */
      readonly to?: Day | null | undefined;
      readonly reason: string;
      readonly at: string;
    }
  | { readonly type: 'RevokePermit'; readonly from: Day; readonly reason: string; readonly at: string };

export interface GrantedPermit extends Granted {
  readonly status: 'granted';
  readonly revokedFrom: Day | null;
  /** All that any version of it has named: they are told when it forgets them. */
  readonly stations: readonly string[];
  readonly at: string;
}

export type Permit = { readonly status: 'unknown' } | GrantedPermit;

/** The days on which it holds; undefined: on none. */
export const spanOfPermit = ({
  from,
  to,
  revokedFrom,
}: Pick<GrantedPermit, 'from' | 'to' | 'revokedFrom'>): DaySpan | undefined => {
  const last = earlier(to, revokedFrom === null ? null : dayBefore(revokedFrom));
  return last !== null && last < from ? undefined : { from, to: last };
};

const decide = (command: PermitCommand, permit: Permit): readonly PermitEvent[] => {
  if (command.type === 'GrantPermit') return grant(command, permit);
  if (permit.status === 'unknown') throw Fault.notFound('PermitUnknown', 'the permit is not granted: grant it first');
  switch (command.type) {
    case 'AmendPermit':
      return amend(command, permit);
    case 'RevokePermit':
      return revoke(command, permit);
  }
};

const grant = (
  { type: _, ...granted }: Extract<PermitCommand, { type: 'GrantPermit' }>,
  permit: Permit,
): readonly PermitEvent[] => {
  if (permit.status === 'granted') {
    const { permit: id, facility, number, from, to, rules, facilitySince } = permit;
    const { at: _at, ...asked } = granted;
    if (same(asked, { permit: id, facility, number, from, to, rules, facilitySince })) return [];
    throw Fault.rejected(
      'PermitKnown',
      `permit ${granted.permit} was granted: amend it, or grant one with an id of its own`,
    );
  }
  checkDays(granted);
  checkRules(granted.rules, granted, granted.facilitySince);
  return [{ type: 'PermitGranted', data: granted }];
};

const amend = (
  { rules, to, reason, at }: Extract<PermitCommand, { type: 'AmendPermit' }>,
  permit: GrantedPermit,
): readonly PermitEvent[] => {
  const amended = { rules, to: to === undefined ? permit.to : to };
  if (same(amended, { rules: permit.rules, to: permit.to })) return [];
  if (permit.revokedFrom !== null)
    throw Fault.rejected(
      'PermitRevoked',
      `permit ${permit.permit} is revoked from ${permit.revokedFrom}: grant a new one`,
    );
  const span = { from: permit.from, to: amended.to };
  checkDays(span);
  checkRules(rules, span, permit.facilitySince);
  return [{ type: 'PermitAmended', data: { ...amended, reason, at } }];
};

const revoke = (
  { from, reason, at }: Extract<PermitCommand, { type: 'RevokePermit' }>,
  { revokedFrom }: GrantedPermit,
): readonly PermitEvent[] => (revokedFrom === from ? [] : [{ type: 'PermitRevoked', data: { from, reason, at } }]);

const checkDays = ({ from, to }: DaySpan): void => {
  if (to !== null && to < from) throw Fault.invalid('PermitDays', `a permit from ${from} cannot end on ${to}`);
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const evolve = (permit: Permit, event: PermitEvent): Permit => {
  if (event.type === 'PermitGranted')
    return { status: 'granted', ...event.data, revokedFrom: null, stations: namedBy(event.data.rules) };
  if (permit.status === 'unknown') return permit;
  switch (event.type) {
    case 'PermitAmended': {
      const { rules, to, at } = event.data;
      return { ...permit, rules, to, at, stations: namedBy(rules, permit.stations) };
    }
    case 'PermitRevoked':
      return { ...permit, revokedFrom: event.data.from, at: event.data.at };
  }
};

const namedBy = (rules: readonly PermitRule[], before: readonly string[] = []): readonly string[] => [
  ...new Set([...before, ...rules.map(({ station }) => station)]),
];

export const permit: Decider<Permit, PermitCommand, PermitEvent> = {
  initial: { status: 'unknown' },
  decide,
  evolve,
};
