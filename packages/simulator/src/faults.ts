import type { FleetChannel, FleetStation } from './fleet.ts';
import { mixed, shuffled } from './random.ts';
import { carriesStatus, carriesUnit } from './station-file.ts';

/** What can go wrong, each in the name that `faults` selects it by. */
export const faultKinds = [
  'spike',
  'drift',
  'stuck-sensor',
  'calibration',
  'device-error',
  'missing-value',
  'exceedance',
  'exceeding-day',
  'outage',
  'repeated-file',
  'corrected-file',
  'broken-file',
  'fast-clock',
  'unknown-station',
  'unknown-unit',
  'future-value',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One fault as it was made: what a node should find. */
export interface InjectedFault {
  readonly kind: FaultKind;
  readonly stationCode: string;
  /** The symbol, where the fault is one channel's. */
  readonly channel?: string;
  /** By the stamps of the readings, ms: from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
}

/** A fault that found no place: no station fits, or the time is too short. */
export interface FaultLeftOut {
  readonly kind: FaultKind;
  readonly reason: string;
}

/** The time that is simulated: `slots` stamps from the first on, `intervalMs` apart. */
export interface Window {
  readonly first: number;
  readonly intervalMs: number;
  readonly slots: number;
}

interface Rule {
  readonly kind: FaultKind;
  readonly needsHours: number;
  /** Hours after the first stamp, and how long; a length of 0 is one file. */
  readonly when: (hours: number) => readonly [from: number, length: number];
  /** The channels that can have it; undefined where it is the whole station's. */
  readonly channels?: (station: FleetStation) => readonly FleetChannel[];
  readonly fits?: (station: FleetStation) => boolean;
  /** Of the stations that fit, these first. */
  readonly prefers?: (station: FleetStation) => boolean;
}

const hourMs = 3_600_000;

const steady = ({ channels }: FleetStation): readonly FleetChannel[] =>
  channels.filter(({ model }) => model.cycleMinutes === undefined && model.parameter !== 'Flow');
const massed = ({ channels }: FleetStation): readonly FleetChannel[] =>
  channels.filter(({ unit }) => /g\/(L|N)/i.test(unit));
const hasHourlyLimit = ({ model }: FleetChannel): boolean => model.limit?.basis === '1h';
/** One that an hour's climb can reach without looking like a broken sensor. */
const isWithinReach = ({ model: { limit, mean, parameter } }: FleetChannel): boolean =>
  limit?.max !== undefined && limit.max < 15 * mean && parameter !== 'pH' && parameter !== 'Temp';
const limited = ({ channels }: FleetStation): readonly FleetChannel[] => {
  const able = channels.filter(isWithinReach);
  const hourly = able.filter(hasHourlyLimit);
  return hourly.length > 0 ? hourly : able;
};

/** Of a day, on an instrument that measures often enough to climb so far and stay believed. */
const limitedByDay = (station: FleetStation): readonly FleetChannel[] =>
  steady(station).filter((channel) => isWithinReach(channel) && channel.model.limit?.basis === '24h');

/** One file each, spread over the first hours, before any outage begins. */
const oneFile =
  (share: number): Rule['when'] =>
  (hours) => [share * Math.min(hours, 4), 0];
const always: Rule['when'] = (hours) => [0, hours];

const rules: readonly Rule[] = [
  {
    kind: 'exceedance',
    needsHours: 8,
    when: (hours) => [Math.min(14, hours - 7), 5],
    channels: limited,
    prefers: ({ channels }) => channels.some(hasHourlyLimit),
  },
  {
    kind: 'exceeding-day',
    needsHours: 25,
    when: (hours) => [Math.min(14, hours - 7), 5],
    channels: limitedByDay,
    prefers: ({ kind }) => kind === 'wastewater',
  },
  { kind: 'outage', needsHours: 20, when: () => [3, 14] },
  { kind: 'spike', needsHours: 1, when: oneFile(0.7), channels: steady },
  { kind: 'drift', needsHours: 6, when: always, channels: steady },
  { kind: 'stuck-sensor', needsHours: 5, when: (hours) => [Math.min(17, hours - 4), 3], channels: steady },
  { kind: 'calibration', needsHours: 2, when: () => [1, 0.75], channels: steady, fits: says(carriesStatus) },
  { kind: 'device-error', needsHours: 3, when: () => [2, 1], channels: steady, fits: says(carriesStatus) },
  { kind: 'missing-value', needsHours: 1, when: () => [0.4, 0.5], channels: steady },
  { kind: 'repeated-file', needsHours: 1, when: oneFile(0.2) },
  { kind: 'corrected-file', needsHours: 1, when: oneFile(0.3), channels: steady },
  {
    kind: 'broken-file',
    needsHours: 1,
    when: oneFile(0.4),
    fits: ({ format, channels }) => carriesStatus(format) && format.separator === '\t' && channels.length > 4,
  },
  { kind: 'fast-clock', needsHours: 0, when: always },
  { kind: 'unknown-unit', needsHours: 1, when: oneFile(0.5), channels: massed, fits: says(carriesUnit) },
  { kind: 'future-value', needsHours: 1, when: oneFile(0.6), channels: steady },
];

function says(able: (format: FleetStation['format']) => boolean): Rule['fits'] {
  return ({ format }) => able(format);
}

/** Gives each fault to the station with the fewest so far, of those that can have it. */
export function planFaults(
  stations: readonly FleetStation[],
  window: Window,
  kinds: readonly FaultKind[],
  seed: number,
): { readonly faults: readonly InjectedFault[]; readonly leftOut: readonly FaultLeftOut[] } {
  const hours = (window.slots * window.intervalMs) / hourMs;
  const order = shuffled(stations, seed);
  const load = new Map<FleetStation, number>();
  const faults: InjectedFault[] = [];
  const leftOut: FaultLeftOut[] = [];
  for (const rule of rules.filter(({ kind }) => kinds.includes(kind))) {
    const { kind, needsHours } = rule;
    const station = leastLoaded(candidates(order, rule), load);
    if (hours < needsHours) leftOut.push({ kind, reason: `it needs ${needsHours} hours: simulate more` });
    else if (!station) leftOut.push({ kind, reason: 'no station can have it: simulate more stations' });
    else {
      load.set(station, (load.get(station) ?? 0) + 1);
      faults.push(faultAt(rule, station, window, hours));
    }
  }
  return { faults, leftOut };
}

function candidates(stations: readonly FleetStation[], { channels, fits, prefers }: Rule): readonly FleetStation[] {
  const able = stations.filter((station) => (fits?.(station) ?? true) && channels?.(station).length !== 0);
  const preferred = prefers === undefined ? able : able.filter(prefers);
  return preferred.length > 0 ? preferred : able;
}

function leastLoaded(stations: readonly FleetStation[], load: ReadonlyMap<FleetStation, number>) {
  const loadOf = (station: FleetStation) => load.get(station) ?? 0;
  return stations.toSorted((one, other) => loadOf(one) - loadOf(other))[0];
}

function faultAt(rule: Rule, station: FleetStation, { first, intervalMs }: Window, hours: number): InjectedFault {
  const [after, length] = rule.when(hours);
  const begin = first + after * hourMs;
  // An exceedance takes whole hours, so that the hourly means say what was meant: hour H takes the stamps in (H-1h, H].
  const stamp =
    rule.kind === 'exceedance' || rule.kind === 'exceeding-day'
      ? Math.ceil(begin / hourMs) * hourMs + intervalMs
      : begin;
  const from = first + Math.floor((stamp - first) / intervalMs) * intervalMs;
  const channels = rule.channels?.(station) ?? [];
  const channel = channels[mixed(station.seed, 0xfa, faultKinds.indexOf(rule.kind)) % channels.length];
  return {
    kind: rule.kind,
    stationCode: station.code,
    ...(channel && { channel: channel.symbol }),
    from,
    to: from + Math.max(length * hourMs, intervalMs),
  };
}
