import type { StationRecorded } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Span } from './span.ts';

/** What of a station's record decides about its episodes; times in ms. */
export interface StationFacts {
  readonly channels: Readonly<Record<string, ChannelFacts>>;
  /** Accepted ones, ascending. */
  readonly declared: readonly DeclaredSpan[];
  /** When it was in a state in which none should come, ascending; the first instant belongs to it, the last does not. */
  readonly idle: readonly Span[];
}

export interface ChannelFacts {
  readonly parameter: string;
  /** Ascending; the first holds before its date too. */
  readonly settings: readonly DatedSettings[];
}

export interface DatedSettings {
  /** 0: since ever. */
  readonly from: number;
  readonly intervalMs: number;
  readonly deliveryMs: number;
  readonly stamp: 'end' | 'start';
  /** Of the values that count. */
  readonly unit: string;
}

export interface DeclaredSpan {
  readonly from: number;
  readonly to: number;
  /** Undefined: the whole station. */
  readonly channels?: readonly string[] | undefined;
}

const sendingStates: readonly StationRecorded['lifecycle'][] = ['trial', 'confirmed', 'operating'];

/** The end of what has none; a number, since facts are stored as JSON. */
export const FOR_EVER_MS = Number.MAX_SAFE_INTEGER;

export const stationFacts = ({ channels, declaredPeriods, ...stages }: StationRecorded): StationFacts => ({
  channels: Object.fromEntries(
    channels.map(({ channel, parameter, settings }) => {
      const dated = settings.map(({ from, intervalMs, deliveryMs, stamp, unit }) => ({
        from: from === null ? 0 : fromInstant(from)!,
        intervalMs,
        deliveryMs,
        stamp,
        unit,
      }));
      return [channel, { parameter, settings: dated }];
    }),
  ),
  declared: declaredPeriods
    .filter(({ accepted }) => accepted)
    .map(({ from, to, channels: only }) => ({ from: fromInstant(from)!, to: fromInstant(to)!, channels: only }))
    .sort((a, b) => a.from - b.from || a.to - b.to),
  idle: idleSpans(stages),
});

type Stages = Pick<StationRecorded, 'lifecycle' | 'lifecycles'>;

/** A record without its past tells of the present stage alone, as if it had been ever so. */
function idleSpans({ lifecycle, lifecycles = [{ lifecycle, from: null }] }: Stages): Span[] {
  const stages = lifecycles.map((stage) => ({ ...stage, from: stage.from === null ? 0 : fromInstant(stage.from)! }));
  const spans: Span[] = [];
  for (const [index, stage] of stages.entries()) {
    const to = stages[index + 1]?.from ?? FOR_EVER_MS;
    if (sendingStates.includes(stage.lifecycle) || to <= stage.from) continue;
    const last = spans.at(-1);
    if (last?.to === stage.from) spans[spans.length - 1] = { from: last.from, to };
    else spans.push({ from: stage.from, to });
  }
  return spans;
}

export const settingsOf = ({ settings }: ChannelFacts, at: number): DatedSettings =>
  settings.findLast(({ from }) => from <= at) ?? settings[0]!;

/** A reading inside an accepted declared period says nothing; both ends belong to the period. */
export const isDeclared = ({ declared }: StationFacts, channel: string, at: number): boolean =>
  declared.some((period) => period.from <= at && at <= period.to && concerns(period, channel));

/** Declared periods cover all of [from, to]; `channel` null: those of the whole station. */
export function isCovered({ declared }: StationFacts, channel: string | null, { from, to }: Span): boolean {
  let covered: number | undefined;
  for (const period of declared)
    if (period.from <= (covered ?? from) && period.to >= (covered ?? from) && concerns(period, channel))
      covered = period.to;
  return covered !== undefined && covered >= to;
}

/** How much of a stretch no declared period of the whole station covers, ms. */
export function undeclaredMs({ declared }: StationFacts, { from, to }: Span): number {
  let uncovered = 0;
  let at = from;
  for (const period of declared) {
    if (!concerns(period, null) || period.to <= at) continue;
    uncovered += Math.max(0, Math.min(period.from, to) - at);
    at = period.to;
  }
  return uncovered + Math.max(0, to - at);
}

const concerns = ({ channels }: DeclaredSpan, channel: string | null): boolean =>
  channels === undefined || (channel !== null && channels.includes(channel));

/** What a station's channels come to from an instant on; the first since ever. */
interface Pace {
  readonly from: number;
  readonly intervalMs: number;
  readonly dueMs: number;
  readonly hereMs: number;
}

const paces = new WeakMap<StationFacts, readonly Pace[]>();

/** Made once for a record, and asked for each set. */
function pacesOf(facts: StationFacts): readonly Pace[] {
  const known = paces.get(facts);
  if (known) return known;
  const channels = Object.values(facts.channels);
  const dates = new Set([0, ...channels.flatMap(({ settings }) => settings.map(({ from }) => from))]);
  const made = [...dates].sort((a, b) => a - b).map((from) => paceOf(channels, from));
  paces.set(facts, made);
  return made;
}

function paceOf(channels: readonly ChannelFacts[], from: number): Pace {
  const all = channels.map((channel) => settingsOf(channel, from));
  const dues = all.map(({ intervalMs, deliveryMs }) => intervalMs + deliveryMs);
  const intervalMs = Math.min(...all.map((settings) => settings.intervalMs));
  return { from, intervalMs, dueMs: Math.min(...dues), hereMs: Math.max(0, ...dues) };
}

const paceAt = (facts: StationFacts, at: number): Pace => {
  const all = pacesOf(facts);
  return all.findLast(({ from }) => from <= at) ?? all[0]!;
};

/** The shortest interval between two sets of the station; Infinity without channels. */
export const intervalAt = (facts: StationFacts, at: number): number => paceAt(facts, at).intervalMs;

/** After a set at `at` the next one is due within this: schedule and delivery of the quickest channel. */
export const dueWithin = (facts: StationFacts, at: number): number => paceAt(facts, at).dueMs;

/** A reading of then is here within this: interval and delivery of the slowest channel. */
export const hereWithin = (facts: StationFacts, at: number): number => paceAt(facts, at).hereMs;

/** The longest that `dueWithin` ever says; 0 without channels. */
export const longestDue = (facts: StationFacts): number =>
  finite(Math.max(...pacesOf(facts).map(({ dueMs }) => dueMs)));

/** The shortest that `intervalAt` ever says; 0 without channels. */
export const shortestInterval = (facts: StationFacts): number =>
  finite(Math.min(...pacesOf(facts).map(({ intervalMs }) => intervalMs)));

const finite = (ms: number): number => (Number.isFinite(ms) ? ms : 0);

export const longestInterval = ({ settings }: ChannelFacts): number =>
  Math.max(...settings.map(({ intervalMs }) => intervalMs));
