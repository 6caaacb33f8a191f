import type { Channel, ChannelSettings, DeclaredPeriod, StationRecorded } from '@quantrac/contracts';
import { type Decimal, decimalOf, fromInstant, type Medium } from '@quantrac/regulations';
import { type Keep, keeping } from './kept-values.ts';

/** What of a station's record decides about its readings. */
export type RuleRecord = Pick<StationRecorded, 'station' | 'version' | 'kind' | 'channels' | 'declaredPeriods'>;

export interface Thresholds {
  readonly suspect?: Decimal | undefined;
  readonly fail?: Decimal | undefined;
}

export interface Bounds {
  readonly min?: Decimal | undefined;
  readonly max?: Decimal | undefined;
}

export interface FlatLineRules {
  readonly tolerance: Decimal;
  readonly suspectAfter?: number | undefined;
  readonly failAfter?: number | undefined;
  /** So far behind a reading its run may lie. */
  readonly historyMs: number;
}

/** What holds for a channel's readings from an instant on. */
export interface Rules {
  /** ms; -Infinity: since ever. */
  readonly from: number;
  readonly unit: string;
  readonly basis: string | undefined;
  readonly intervalMs: number;
  /** What lies between a reading's stamp and the end of its interval. */
  readonly endsAfterMs: number;
  /** So far away a reading may be compared. */
  readonly neighbourMs: number;
  readonly grossRange: { readonly fail: Bounds; readonly suspect: Bounds } | undefined;
  readonly spike: Thresholds | undefined;
  /** Per minute. */
  readonly rateOfChange: Thresholds | undefined;
  readonly flatLine: FlatLineRules | undefined;
  /** From the unit and basis sent to those kept; undefined: there is no way. */
  readonly kept: Keep;
}

export interface RuledChannel {
  readonly channel: string;
  readonly parameter: string;
  readonly medium: Medium;
  readonly rules: readonly Rules[];
  /** The longest of its rules. */
  readonly intervalMs: number;
  readonly neighbourMs: number;
  readonly reachMs: number;
}

/** A declared period that a person accepted; it takes ends in (from, to]. */
export interface CoveringPeriod {
  readonly from: number;
  readonly to: number;
  readonly channels: readonly string[] | undefined;
  readonly expected: boolean;
}

export interface StationRules {
  readonly version: number;
  readonly ambientAir: boolean;
  readonly channels: ReadonlyMap<string, RuledChannel>;
  readonly periods: readonly CoveringPeriod[];
}

/** Neighbours farther away than this many intervals say nothing about a reading. */
const NEIGHBOUR_INTERVALS = 3;
/** A run of N readings may miss this many in between. */
const RUN_GAPS = 2;

export function stationRules(record: RuleRecord): StationRules {
  const channels = record.channels.map((channel) => ruledChannel(channel, record.kind));
  return {
    version: record.version,
    ambientAir: record.kind === 'ambient-air',
    channels: new Map(channels.map((channel) => [channel.channel, channel])),
    periods: record.declaredPeriods.filter(({ accepted }) => accepted).map(coveringPeriod),
  };
}

/** The rules in force at a reading's time; the first ones hold before their date too. */
export function rulesAt({ rules }: RuledChannel, time: number): Rules {
  let found = rules[0]!;
  for (let index = 1; index < rules.length; index++) if (rules[index]!.from <= time) found = rules[index]!;
  return found;
}

export const covers = ({ from, to, channels }: CoveringPeriod, channel: string, end: number): boolean =>
  from < end && end <= to && (channels === undefined || channels.includes(channel));

function ruledChannel({ channel, parameter, settings }: Channel, medium: Medium): RuledChannel {
  const rules = settings.map((each) => rulesOf(each, parameter, medium));
  return {
    channel,
    parameter,
    medium,
    rules,
    intervalMs: Math.max(...rules.map(({ intervalMs }) => intervalMs)),
    neighbourMs: Math.max(...rules.map(({ neighbourMs }) => neighbourMs)),
    reachMs: Math.max(...rules.map(({ neighbourMs, flatLine }) => Math.max(neighbourMs, flatLine?.historyMs ?? 0))),
  };
}

function rulesOf(settings: ChannelSettings, parameter: string, medium: Medium): Rules {
  const { from, unit, basis, intervalMs, stamp, quality } = settings;
  const range = quality?.grossRange;
  return {
    from: from === null ? -Infinity : fromInstant(from)!,
    unit,
    basis,
    intervalMs,
    endsAfterMs: stamp === 'start' ? intervalMs : 0,
    neighbourMs: NEIGHBOUR_INTERVALS * intervalMs,
    grossRange: range && { fail: boundsOf(range.fail), suspect: boundsOf(range.suspect) },
    spike: thresholdsOf(quality?.spike),
    rateOfChange: thresholdsOf(quality?.rateOfChange),
    flatLine: flatLineOf(settings),
    kept: keeping(settings, parameter, medium),
  };
}

/** An analyser whose cycle is longer than the cadence repeats values honestly: its line may be flat. */
function flatLineOf({ quality, analyserCycleMs = 0, intervalMs }: ChannelSettings): FlatLineRules | undefined {
  const rule = quality?.flatLine;
  if (!rule || analyserCycleMs > intervalMs) return undefined;
  const { suspectAfter, failAfter } = rule;
  const longest = Math.max(suspectAfter ?? 0, failAfter ?? 0);
  return {
    tolerance: decimalOf(rule.tolerance),
    suspectAfter,
    failAfter,
    historyMs: (longest + RUN_GAPS) * intervalMs,
  };
}

const coveringPeriod = ({ from, to, channels, expected }: DeclaredPeriod): CoveringPeriod => ({
  from: fromInstant(from)!,
  to: fromInstant(to)!,
  channels,
  expected,
});

const boundsOf = (range: { min?: string | undefined; max?: string | undefined } | undefined): Bounds => ({
  min: optionalDecimal(range?.min),
  max: optionalDecimal(range?.max),
});

const thresholdsOf = (
  rule: { suspect?: string | undefined; fail?: string | undefined } | undefined,
): Thresholds | undefined => rule && { suspect: optionalDecimal(rule.suspect), fail: optionalDecimal(rule.fail) };

const optionalDecimal = (text: string | undefined): Decimal | undefined =>
  text === undefined ? undefined : decimalOf(text);
