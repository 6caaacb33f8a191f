import { type Decider, Fault } from '@quantrac/event-sourcing';
import { type Approval, type ApprovalCommand, type ApprovalEvent, decideApproval, evolveApproval } from './approval.ts';
import type { StationKind } from './channel-settings.ts';
import { type Channel, type ChannelCommand, type ChannelEvent, decideChannel, evolveChannels } from './channels.ts';
import { noNames, type StationNames } from './claims.ts';
import { type ClockCommand, type ClockEvent, decideClock, evolveClock, type HasClock } from './clock-corrections.ts';
import { decidePeriod, evolvePeriods, type Period, type PeriodCommand, type PeriodEvent } from './declared-periods.ts';
import {
  decideInstrument,
  evolveInstruments,
  type Instrument,
  type InstrumentCommand,
  type InstrumentEvent,
} from './instruments.ts';
import { type Instant, placed } from './interval.ts';
import { type InLifecycle, type Lifecycle, refuseStage } from './lifecycle.ts';
import { isSame } from './same.ts';
import {
  type DetailsCommand,
  type DetailsEvent,
  decideDetails,
  evolveDetails,
  type ProvinceFrom,
  refuseDetails,
  type StationDetails,
} from './station-details.ts';

interface Registration extends StationDetails {
  readonly station: string;
  readonly kind: StationKind;
  readonly node: string;
  readonly lifecycle: Lifecycle;
}

/** Stored for ever: names and shapes are the storage format. `at`: when it became known; it never falls in a stream. */
export type StationEvent =
  | { readonly type: 'StationRegistered'; readonly data: Registration & { readonly at: Instant } }
  | {
      readonly type: 'StationLifecycleChanged';
      readonly data: {
        readonly to: Lifecycle;
        readonly from: Instant;
        readonly reason: string;
        readonly at: Instant;
      };
    }
  /** All of them, as claim `number` left them. */
  | {
      readonly type: 'StationNamesChanged';
      readonly data: { readonly names: StationNames; readonly number: number; readonly at: Instant };
    }
  | {
      readonly type: 'UploadAccountLinked' | 'UploadAccountUnlinked';
      readonly data: { readonly account: string; readonly at: Instant };
    }
  | DetailsEvent
  | ApprovalEvent
  | ChannelEvent
  | InstrumentEvent
  | ClockEvent
  | PeriodEvent;

export type StationChange =
  | ({ readonly type: 'RegisterStation' } & Registration)
  | {
      readonly type: 'ChangeLifecycle';
      readonly to: Lifecycle;
      readonly from?: Instant | undefined;
      readonly reason: string;
    }
  | { readonly type: 'FollowNames'; readonly names: StationNames; readonly number: number }
  | { readonly type: 'LinkAccount' | 'UnlinkAccount'; readonly account: string }
  | DetailsCommand
  | ApprovalCommand
  | ChannelCommand
  | InstrumentCommand
  | ClockCommand
  | PeriodCommand;

export type StationCommand = StationChange & { readonly at: Instant };

export interface Station extends Registration, InLifecycle, HasClock {
  /** All that it has been in; the last is the present one. */
  readonly stages: readonly { readonly from: Instant | null; readonly lifecycle: Lifecycle }[];
  readonly approval: Approval;
  readonly names: StationNames;
  /** Of the claim that `names` follows; 0: none. */
  readonly namesNumber: number;
  readonly accounts: readonly string[];
  readonly channels: readonly Channel[];
  readonly instruments: readonly Instrument[];
  readonly periods: readonly Period[];
  readonly knownAt: Instant;
}

type Of<Type extends StationChange['type']> = Extract<StationChange, { readonly type: Type }>;

const decide = ({ at: asked, ...change }: StationCommand, station: Station | undefined): readonly StationEvent[] => {
  if (change.type === 'RegisterStation') return register(change, station, asked);
  if (station === undefined)
    throw Fault.notFound('StationUnknown', 'no station is registered under this id: register it first');
  // a clock set back must not make what became known later look older
  const at = asked > station.knownAt ? asked : station.knownAt;
  switch (change.type) {
    case 'ChangeLifecycle':
      return changeLifecycle(change, station, at);
    case 'FollowNames':
      return followNames(change, station, at);
    case 'LinkAccount':
    case 'UnlinkAccount':
      return setAccount(change, station, at);
    case 'ChangeStationDetails':
    case 'AssignProvince':
      return decideDetails(change, station, at);
    case 'RequestApproval':
    case 'RecordApproval':
      return decideApproval(change, station.approval, at);
    case 'AddChannel':
    case 'ChangeChannelSettings':
    case 'WithdrawChannelSettings':
    case 'ChangeChannels':
      return decideChannel(change, station, at);
    case 'InstallInstrument':
    case 'RemoveInstrument':
      return decideInstrument(change, station, at);
    case 'CorrectClock':
      return decideClock(change, station, at);
    case 'DeclarePeriod':
    case 'AcceptPeriod':
    case 'RejectPeriod':
    case 'WithdrawPeriod':
      return decidePeriod(change, station, at);
  }
};

const evolve = (station: Station | undefined, event: StationEvent): Station | undefined => {
  if (event.type === 'StationRegistered') return registered(event.data);
  return station && { ...next(station, event), knownAt: event.data.at };
};

export const station: Decider<Station | undefined, StationCommand, StationEvent> = {
  initial: undefined,
  decide,
  evolve,
};

const next = (station: Station, event: Exclude<StationEvent, { type: 'StationRegistered' }>): Station => {
  switch (event.type) {
    case 'StationLifecycleChanged':
      return {
        ...station,
        lifecycle: event.data.to,
        lifecycleFrom: event.data.from,
        stages: [...station.stages, { from: event.data.from, lifecycle: event.data.to }],
      };
    case 'StationNamesChanged':
      return { ...station, names: event.data.names, namesNumber: event.data.number };
    case 'UploadAccountLinked':
      return { ...station, accounts: [...station.accounts, event.data.account] };
    case 'UploadAccountUnlinked':
      return { ...station, accounts: station.accounts.filter((account) => account !== event.data.account) };
    case 'StationRenamed':
    case 'StationAssignedToFacility':
    case 'StationPositioned':
    case 'StationAssignedToProvince':
      return evolveDetails(station, event);
    case 'StationApprovalRequested':
    case 'StationApproved':
    case 'StationRejected':
      return { ...station, approval: evolveApproval(event, station.approval) };
    case 'ChannelAdded':
    case 'ChannelSettingsChanged':
    case 'ChannelSettingsWithdrawn':
      return { ...station, channels: evolveChannels(station.channels, event) };
    case 'InstrumentInstalled':
    case 'InstrumentCorrected':
    case 'InstrumentRemoved':
      return { ...station, instruments: evolveInstruments(station.instruments, event) };
    case 'StationClockCorrected':
      return { ...station, clockCorrections: evolveClock(station.clockCorrections, event) };
    case 'PeriodDeclared':
    case 'PeriodAccepted':
    case 'PeriodRejected':
    case 'PeriodWithdrawn':
      return { ...station, periods: evolvePeriods(station.periods, event) };
  }
};

const register = (
  { type: _, ...registration }: Of<'RegisterStation'>,
  known: Station | undefined,
  at: Instant,
): readonly StationEvent[] => {
  refuseDetails(registration);
  const data = { ...registration, provinces: registration.provinces.reduce(placed, [] as readonly ProvinceFrom[]) };
  if (known === undefined) return [{ type: 'StationRegistered', data: { ...data, at } }];
  if (Object.entries(data).every(([field, value]) => isSame(value, known[field as keyof Registration]))) return [];
  throw Fault.rejected('StationExists', `${known.station} is registered already: change it, or choose another id`);
};

const registered = ({ at, ...registration }: Registration & { readonly at: Instant }): Station => ({
  ...registration,
  lifecycleFrom: null,
  stages: [{ from: null, lifecycle: registration.lifecycle }],
  approval: { state: 'none' },
  names: noNames,
  namesNumber: 0,
  accounts: [],
  channels: [],
  instruments: [],
  clockCorrections: [],
  periods: [],
  knownAt: at,
});

const changeLifecycle = (
  { to, reason, from: told }: Of<'ChangeLifecycle'>,
  station: Station,
  at: Instant,
): readonly StationEvent[] => {
  const from = told ?? at;
  if (to === station.lifecycle) return [];
  refuseStage(station, to, from, at);
  return [{ type: 'StationLifecycleChanged', data: { to, from, reason, at } }];
};

const followNames = ({ names, number }: Of<'FollowNames'>, station: Station, at: Instant): readonly StationEvent[] => {
  if (number <= station.namesNumber) return [];
  return [{ type: 'StationNamesChanged', data: { names, number, at } }];
};

const setAccount = (
  { type, account }: Of<'LinkAccount' | 'UnlinkAccount'>,
  { accounts }: Station,
  at: Instant,
): readonly StationEvent[] => {
  const link = type === 'LinkAccount';
  if (accounts.includes(account) === link) return [];
  return [{ type: link ? 'UploadAccountLinked' : 'UploadAccountUnlinked', data: { account, at } }];
};
