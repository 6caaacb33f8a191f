import { type Delivery, deliveriesOf } from './deliveries.ts';
import { describeStation, type StationDescription } from './description.ts';
import {
  type FaultKind,
  type FaultLeftOut,
  faultKinds,
  type InjectedFault,
  planFaults,
  type Window,
} from './faults.ts';
import { type FleetStation, fleetOf, strangerOf } from './fleet.ts';
import { inOrder } from './in-order.ts';
import { type Tally, tallyOf } from './tally.ts';

export interface SimulateOptions {
  readonly stations: number;
  readonly hours: number;
  /** The same seed and options give the same deliveries, byte for byte. */
  readonly seed?: number;
  /** ms UTC: the first stamps are one interval later. */
  readonly start: number;
  /** Undefined: all. */
  readonly faults?: readonly FaultKind[] | undefined;
  /** Of each station, at most 10; undefined: as many as its kind usually has. */
  readonly channels?: number | undefined;
  /** 1 to 6, 5 where undefined: what TT 10/2021 asks for. */
  readonly intervalMinutes?: number;
  /** First parts of the prefixes, in turn. */
  readonly provinces?: readonly string[];
}

/** What the simulator means to send. */
export interface Description {
  /** To be registered. */
  readonly stations: readonly StationDescription[];
  /** Sends too, and is not to be registered before its files were held. */
  readonly unknownStations: readonly StationDescription[];
  readonly faults: readonly InjectedFault[];
  readonly leftOut: readonly FaultLeftOut[];
  readonly tally: Tally;
}

export interface Simulation {
  /** In the order in which they are sent, made while they are taken. */
  deliveries(): Iterable<Delivery>;
  describe(): Description;
}

const minuteMs = 60_000;

/**
 * Plans what a fleet of loggers sends; nothing is made before it is taken.
 * A wrong option throws a `RangeError` that names it.
 */
export function simulate(options: SimulateOptions): Simulation {
  checkOptions(options);
  const { stations, seed = 1, channels, provinces = ['HCM', 'BN'], faults: kinds = faultKinds } = options;
  const window = windowOf(options);
  const fleetOptions = { stations, seed, intervalMs: window.intervalMs, channels, provinces };
  const fleet = fleetOf(fleetOptions);
  const strangers = kinds.includes('unknown-station') ? [strangerOf(fleetOptions)] : [];
  const { faults, leftOut } = planFaults(fleet, window, kinds, seed);
  const byStation = Map.groupBy(faults, ({ stationCode }) => stationCode);
  const faultsOf = ({ code }: FleetStation): readonly InjectedFault[] => byStation.get(code) ?? [];
  return {
    deliveries: () =>
      inOrder([...fleet, ...strangers].map((station) => deliveriesOf(station, faultsOf(station), window))),
    describe: () => ({
      stations: fleet.map(describeStation),
      unknownStations: strangers.map(describeStation),
      faults: [...faults, ...strangers.map((stranger) => unknownStation(stranger, window))],
      leftOut,
      tally: tallyOf(fleet, strangers, faultsOf, window),
    }),
  };
}

function windowOf({ start, hours, intervalMinutes = 5 }: SimulateOptions): Window {
  const intervalMs = intervalMinutes * minuteMs;
  const first = (Math.floor(start / intervalMs) + 1) * intervalMs;
  return { first, intervalMs, slots: Math.floor((hours * 60) / intervalMinutes) };
}

const unknownStation = ({ code }: FleetStation, { first, intervalMs, slots }: Window): InjectedFault => ({
  kind: 'unknown-station',
  stationCode: code,
  from: first,
  to: first + slots * intervalMs,
});

function checkOptions(options: SimulateOptions): void {
  const { stations, hours, seed = 1, start, channels = 1, intervalMinutes = 5, provinces } = options;
  check('stations', stations, 1, 100_000);
  check('hours', hours, 1, 24 * 366);
  check('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  check('channels', channels, 1, 10);
  check('intervalMinutes', intervalMinutes, 1, 6);
  if (!Number.isSafeInteger(start)) throw new RangeError(`start is ${start}: give an instant in whole ms`);
  if (provinces?.length === 0) throw new RangeError('provinces is empty: name one, or leave it out');
}

function check(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${name} is ${value}: give a whole number from ${least} to ${most}`);
}
