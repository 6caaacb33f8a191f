import type { StationRecorded } from '@quantrac/contracts';

/** What is known of a station's intake; part of its cell. */
export interface Progress {
  /** The newest time of a set, ms; null before the first. */
  readonly lastReceived: number | null;
  /** Told up to here; null before the first look. */
  readonly upTo: number | null;
  /** From when on sets are expected. */
  readonly expectedSince: number | null;
  /** Something came behind what was told: tell again. */
  readonly late: boolean;
}

export const noProgress: Progress = { lastReceived: null, upTo: null, expectedSince: null, late: false };

export interface Cadence {
  /** The shortest interval of its channels. */
  readonly intervalMs: number;
  /** The longest time that readings wait in the logger. */
  readonly deliveryMs: number;
}

const HOUR_MS = 3_600_000;
const TELL_SILENCE_EVERY_MS = 600_000;
const nothingExpected: ReadonlySet<StationRecorded['lifecycle']> = new Set([
  'planned',
  'installing',
  'suspended',
  'retired',
]);

/** How often sets come; undefined: none are expected of the station now. */
export function cadenceOf({ channels, lifecycle }: StationRecorded): Cadence | undefined {
  if (channels.length === 0 || nothingExpected.has(lifecycle)) return undefined;
  const settings = channels.map((channel) => channel.settings.at(-1)!);
  return {
    intervalMs: Math.min(...settings.map(({ intervalMs }) => intervalMs)),
    deliveryMs: Math.max(...settings.map(({ deliveryMs }) => deliveryMs)),
  };
}

/** The newest slot that should have arrived at `at`: what is sent `deliveryMs` late and travels for `graceMs` is not missing. */
export const reach = (at: number, { intervalMs, deliveryMs }: Cadence, graceMs: number): number =>
  Math.floor((at - deliveryMs - graceMs) / intervalMs) * intervalMs;

/**
 * Whether the station's intake is to be told: at an hour's end plus grace, when a slot passes empty, every ten minutes of silence,
 * after a late set (DESIGN 7.3).
 */
export function isDue({ upTo, lastReceived, expectedSince, late }: Progress, reached: number): boolean {
  if (upTo === null || late) return true;
  if (reached <= upTo) return false;
  if (Math.floor(reached / HOUR_MS) > Math.floor(upTo / HOUR_MS)) return true;
  const newest = lastReceived ?? expectedSince ?? upTo;
  if (reached <= newest) return false;
  const toldSilent = upTo > newest;
  return !toldSilent || reached - upTo >= TELL_SILENCE_EVERY_MS;
}

/** Since when nothing came though something was expected; null while nothing is missing at the end. */
export const silentSince = ({ lastReceived, expectedSince }: Progress, reached: number): number | null => {
  const newest = lastReceived ?? expectedSince;
  return newest !== null && reached > newest ? newest : null;
};

/** Slots in (after, upTo], and how many of them no set fills; two sets in one slot fill one. */
export function countSlots(
  after: number,
  upTo: number,
  intervalMs: number,
  times: readonly number[],
): { expected: number; missing: number } {
  const expected = Math.max(0, Math.floor(upTo / intervalMs) - Math.floor(after / intervalMs));
  const filled = new Set(
    times.filter((time) => time > after && time <= upTo).map((time) => Math.ceil(time / intervalMs)),
  );
  return { expected, missing: Math.max(0, expected - filled.size) };
}
