import type { DeclaredPeriod } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import { type Channel, channelOf } from './channels.ts';
import type { Instant } from './interval.ts';
import { isSame } from './same.ts';

type Declaration = Omit<DeclaredPeriod, 'accepted'>;

/** Stored for ever: names and shapes are the storage format. */
export type PeriodEvent =
  | { readonly type: 'PeriodDeclared'; readonly data: Declaration & { readonly at: Instant } }
  | { readonly type: 'PeriodAccepted'; readonly data: { readonly period: string; readonly at: Instant } }
  | {
      readonly type: 'PeriodRejected';
      readonly data: { readonly period: string; readonly reason: string; readonly at: Instant };
    }
  | {
      readonly type: 'PeriodWithdrawn';
      readonly data: { readonly period: string; readonly reason: string; readonly at: Instant };
    };

export type PeriodCommand =
  | ({ readonly type: 'DeclarePeriod' } & Declaration)
  | { readonly type: 'AcceptPeriod'; readonly period: string }
  | { readonly type: 'RejectPeriod'; readonly period: string; readonly reason: string }
  | { readonly type: 'WithdrawPeriod'; readonly period: string; readonly reason: string };

export interface Period extends Declaration {
  readonly state: 'declared' | 'accepted' | 'rejected' | 'withdrawn';
}

export interface HasPeriods {
  readonly channels: readonly Channel[];
  readonly periods: readonly Period[];
}

export const decidePeriod = (command: PeriodCommand, station: HasPeriods, at: Instant): readonly PeriodEvent[] => {
  if (command.type === 'DeclarePeriod') return declare(command, station, at);
  const { period } = command;
  const known = station.periods.find((each) => each.period === period);
  if (known === undefined)
    throw Fault.notFound('PeriodUnknown', `the station declared no period ${period}: declare it first`);
  switch (command.type) {
    case 'AcceptPeriod':
      return moved(known, 'accepted', { type: 'PeriodAccepted', data: { period, at } });
    case 'RejectPeriod':
      return moved(known, 'rejected', { type: 'PeriodRejected', data: { period, reason: command.reason, at } });
    case 'WithdrawPeriod':
      return moved(known, 'withdrawn', { type: 'PeriodWithdrawn', data: { period, reason: command.reason, at } });
  }
};

export const evolvePeriods = (periods: readonly Period[], event: PeriodEvent): readonly Period[] => {
  const inState = (state: Period['state']) =>
    periods.map((each) => (each.period === event.data.period ? { ...each, state } : each));
  switch (event.type) {
    case 'PeriodDeclared': {
      const { at: _, ...declaration } = event.data;
      return [...periods, { ...declaration, state: 'declared' }];
    }
    case 'PeriodAccepted':
      return inState('accepted');
    case 'PeriodRejected':
      return inState('rejected');
    case 'PeriodWithdrawn':
      return inState('withdrawn');
  }
};

const declare = (
  { type: _, ...declaration }: Extract<PeriodCommand, { type: 'DeclarePeriod' }>,
  { channels, periods }: HasPeriods,
  at: Instant,
): readonly PeriodEvent[] => {
  const known = periods.find(({ period }) => period === declaration.period);
  if (known) {
    const { state: _, ...before } = known;
    if (isSame(before, declaration)) return [];
    throw Fault.rejected(
      'PeriodExists',
      `period ${declaration.period} is declared otherwise: withdraw it and declare another`,
    );
  }
  if (declaration.from >= declaration.to)
    throw Fault.invalid('PeriodBackwards', 'the period ends before it begins: correct its dates');
  for (const channel of declaration.channels ?? []) channelOf(channels, channel);
  return [{ type: 'PeriodDeclared', data: { ...declaration, at } }];
};

/** A judgement may be changed; what was withdrawn stays so. */
const moved = (
  { period, state }: Period,
  to: Period['state'],
  event: Exclude<PeriodEvent, { type: 'PeriodDeclared' }>,
): readonly PeriodEvent[] => {
  if (state === to) return [];
  if (state === 'withdrawn') throw Fault.rejected('PeriodWithdrawn', `period ${period} was withdrawn: declare another`);
  return [event];
};
