import { type StationRecorded, settingsAt } from '@quantrac/contracts';
import { fromInstant, toInstant } from '@quantrac/regulations';
import { type Excuse, excusesOf, isExcused, nextSlot, slotBefore, slotOf } from './slots.ts';

/** What is known of a station's intake; part of its cell. All times in ms. */
export interface Progress {
  /** The newest time of a set; null before the first. */
  readonly lastReceived: number | null;
  /** Told up to here; null before the first look at the clock. */
  readonly upTo: number | null;
  /** No slot up to here is empty, or it was told. */
  readonly filledTo: number | null;
  /** Since when sets are expected; null while none are. */
  readonly expectedSince: number | null;
  /** Something came behind what was told: tell again. */
  readonly late: boolean;
}

export const noProgress: Progress = {
  lastReceived: null,
  upTo: null,
  filledTo: null,
  expectedSince: null,
  late: false,
};

export interface Cadence {
  /** The shortest interval of its channels. */
  readonly intervalMs: number;
  /** The longest time from a reading's stamp to its sending: it waits in the logger, and a stamp may open its interval. */
  readonly waitMs: number;
  /** False: sets may come, none are missed. */
  readonly expects: boolean;
  readonly excuses: readonly Excuse[];
}

/** What is told of a station's intake at one moment. */
export interface Told {
  readonly upTo: number;
  /** Slots since the last telling, and how many of them no set fills. */
  readonly expected: number;
  readonly missing: number;
  /** Since when nothing came though something was expected; null while nothing is missing at the end. */
  readonly silentSince: number | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TELL_SILENCE_EVERY_MS = 10 * MINUTE_MS;
/** Of a station in one of these stages sets are missed. */
export const expectsSets: ReadonlySet<StationRecorded['lifecycle']> = new Set(['trial', 'confirmed', 'operating']);

/** How often sets come by the settings in force at `at`; undefined: the station has no channel. */
export function cadenceOf(record: StationRecorded, at: number): Cadence | undefined {
  const { channels, lifecycle } = record;
  if (channels.length === 0) return undefined;
  let intervalMs = Infinity;
  let waitMs = 0;
  const instant = toInstant(at);
  for (const channel of channels) {
    const settings = settingsAt(channel, instant);
    intervalMs = Math.min(intervalMs, settings.intervalMs);
    waitMs = Math.max(waitMs, settings.deliveryMs + (settings.stamp === 'start' ? settings.intervalMs : 0));
  }
  return { intervalMs, waitMs, expects: expectsSets.has(lifecycle), excuses: excusesOf(record) };
}

interface Kept {
  readonly cadence: Cadence | undefined;
  /** It holds from here to there. */
  readonly from: number;
  readonly to: number;
}

const kept = new WeakMap<StationRecorded, Kept>();

/** As `cadenceOf`, computed anew only when other settings come into force: asked for each file and at each look at the clock. */
export function cadenceAt(record: StationRecorded, at: number): Cadence | undefined {
  const known = kept.get(record);
  if (known && at >= known.from && at < known.to) return known.cadence;
  const cadence = cadenceOf(record, at);
  const changes = record.channels.flatMap(({ settings }) =>
    settings.flatMap(({ from }) => (from === null ? [] : fromInstant(from)!)),
  );
  const to = Math.min(...changes.filter((change) => change > at));
  kept.set(record, { cadence, from: at, to });
  return cadence;
}

/** Up to where everything should have arrived at `at`: what waits `waitMs` and travels for `graceMs` is not missing. */
export function reach(at: number, { intervalMs, waitMs }: Cadence, graceMs: number): number {
  const step = Math.min(intervalMs, TELL_SILENCE_EVERY_MS);
  return Math.floor((at - waitMs - graceMs) / step) * step;
}

/**
 * Whether the station's intake is to be told, as far as its cell knows: at an hour's end plus grace, when a slot passes empty, every ten
 * minutes of silence, after a late set, when its sets begin or cease to be expected (DESIGN 7.3).
 */
export function isDue(progress: Progress, cadence: Cadence, reached: number): boolean {
  const { upTo, lastReceived, expectedSince, late } = progress;
  if (upTo === null || late || cadence.expects !== (expectedSince !== null)) return true;
  if (reached <= upTo) return false;
  const hourEnded = Math.floor(reached / HOUR_MS) > Math.floor(upTo / HOUR_MS);
  if (!cadence.expects) return hourEnded && lastReceived !== null && lastReceived > upTo;
  if (hourEnded) return true;
  const silent = silence(progress, cadence, reached);
  return silent !== undefined && (upTo < silent.passed || reached - upTo >= TELL_SILENCE_EVERY_MS);
}

/** Whether a slot between others may be empty: only its rows can tell. */
export const mayHaveHole = (progress: Progress, cadence: Cadence, reached: number): boolean =>
  cadence.expects && progress.filledTo !== null && progress.filledTo < lastKnownSlot(progress, cadence, reached);

/** The station's progress after a look at the clock, and what is to be told; `times` are those of all its sets after `upTo`. */
export function advance(
  before: Progress,
  cadence: Cadence,
  reached: number,
  times: readonly number[],
): { readonly progress: Progress; readonly told?: Told } {
  if (before.upTo === null) {
    const progress = { ...before, upTo: reached, filledTo: reached, expectedSince: cadence.expects ? reached : null };
    return { progress };
  }
  const slots = new Set(times.map((time) => slotOf(time, cadence.intervalMs)));
  const filledTo = filledOn(before.filledTo ?? before.upTo, slots, cadence);
  const hole = cadence.expects && filledTo < lastKnownSlot(before, cadence, reached);
  if (!hole && !isDue(before, cadence, reached)) return { progress: { ...before, filledTo } };
  const upTo = Math.max(reached, before.upTo);
  const expectedSince = cadence.expects ? (before.expectedSince ?? upTo) : null;
  const progress: Progress = {
    ...before,
    upTo,
    filledTo: filledOn(Math.max(filledTo, upTo), slots, cadence),
    expectedSince,
    late: false,
  };
  const told: Told = {
    upTo,
    ...countSlots(Math.max(before.upTo, expectedSince ?? upTo), upTo, slots, cadence),
    silentSince: silence(progress, cadence, upTo)?.since ?? null,
  };
  return { progress, told };
}

/** How far the slots are filled without a break after a set at `time`; sets in order need no look at rows. */
export function filledBy(filledTo: number, time: number, { intervalMs }: Cadence): number {
  const slot = slotOf(time, intervalMs);
  return slot === nextSlot(filledTo, intervalMs) ? slot : filledTo;
}

function filledOn(from: number, slots: ReadonlySet<number>, { intervalMs }: Cadence): number {
  let filledTo = from;
  for (let next = nextSlot(from, intervalMs); slots.has(next); next += intervalMs) filledTo = next;
  return filledTo;
}

/** The newest slot that has passed and lies before a set: behind it there is silence, not a hole. */
function lastKnownSlot({ lastReceived }: Progress, { intervalMs }: Cadence, reached: number): number {
  if (lastReceived === null) return -Infinity;
  return Math.min(slotOf(lastReceived, intervalMs), slotBefore(reached, intervalMs));
}

/** Since when nothing comes, and the first slot that passed empty; undefined while nothing is missing at the end. */
function silence(
  { lastReceived, expectedSince }: Progress,
  { intervalMs }: Cadence,
  reached: number,
): { readonly since: number; readonly passed: number } | undefined {
  if (expectedSince === null) return undefined;
  const last = lastReceived ?? -Infinity;
  const passed = Math.max(nextSlot(slotOf(last, intervalMs), intervalMs), nextSlot(expectedSince, intervalMs));
  return reached >= passed ? { since: Math.max(last, expectedSince), passed } : undefined;
}

function countSlots(
  after: number,
  upTo: number,
  filled: ReadonlySet<number>,
  { intervalMs, excuses }: Cadence,
): { readonly expected: number; readonly missing: number } {
  let expected = 0;
  let missing = 0;
  for (let slot = nextSlot(after, intervalMs); slot <= upTo; slot += intervalMs) {
    if (isExcused(excuses, null, slot)) continue;
    expected++;
    if (!filled.has(slot)) missing++;
  }
  return { expected, missing };
}
