import type { InjectedFault, Window } from './faults.ts';
import type { FleetStation } from './fleet.ts';
import { share, shuffled } from './random.ts';

/** One file that a logger will send: when, of which stamp and why. */
export interface PlannedFile {
  /** When it leaves, ms, by true time. */
  readonly at: number;
  /** What its lines and its name say, ms, by the logger's clock. */
  readonly time: number;
  readonly why: 'schedule' | 'back-fill' | 'repeat' | 'correction';
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const AHEAD_MS = 4 * minuteMs;
const JITTER = 0x71;

/** A station's files in the order in which they leave. */
export function* plannedFiles(
  station: FleetStation,
  faults: readonly InjectedFault[],
  window: Window,
): Generator<PlannedFile> {
  const outage = faults.find(({ kind }) => kind === 'outage');
  const extras = extraFiles(station, faults, window, outage);
  let extra = 0;
  for (let slot = 0; slot < window.slots; slot++) {
    const time = window.first + slot * window.intervalMs;
    if (outage && time >= outage.from && time < outage.to) continue;
    const file: PlannedFile = { at: sentAt(station, faults, time), time, why: 'schedule' };
    while (extra < extras.length && extras[extra]!.at < file.at) yield extras[extra++]!;
    yield file;
  }
  yield* extras.slice(extra);
}

/** A logger that sends hourly sends twelve files within seconds; one whose clock is fast stamps what is yet to come. */
function sentAt(station: FleetStation, faults: readonly InjectedFault[], time: number): number {
  const ahead = faults.some(({ kind }) => kind === 'fast-clock') ? AHEAD_MS : 0;
  const jitter = Math.floor(share(station.seed, JITTER, time / minuteMs) * 3_000);
  if (station.deliveryMs <= station.intervalMs) return time - ahead + station.delayMs + jitter;
  const burst = Math.ceil(time / station.deliveryMs) * station.deliveryMs;
  const place = station.deliveryMs / station.intervalMs - (burst - time) / station.intervalMs;
  return burst - ahead + station.delayMs + place * 700;
}

function extraFiles(
  station: FleetStation,
  faults: readonly InjectedFault[],
  { intervalMs }: Window,
  outage: InjectedFault | undefined,
): readonly PlannedFile[] {
  const after = (fault: InjectedFault, laterMs: number, why: PlannedFile['why']): PlannedFile => ({
    at: sentAt(station, faults, fault.from) + laterMs,
    time: fault.from,
    why,
  });
  const extras = faults.flatMap((fault) => {
    if (fault.kind === 'repeated-file') return [after(fault, 10 * minuteMs, 'repeat')];
    return fault.kind === 'corrected-file' ? [after(fault, hourMs, 'correction')] : [];
  });
  if (outage) extras.push(...backFill(station, outage, intervalMs));
  return extras.toSorted((one, other) => one.at - other.at);
}

/** An hour after the link is back the missing files follow, seven seconds apart, in no order. */
function backFill(station: FleetStation, { from, to }: InjectedFault, intervalMs: number): readonly PlannedFile[] {
  const times = Array.from({ length: Math.ceil((to - from) / intervalMs) }, (_, slot) => from + slot * intervalMs);
  return shuffled(times, station.seed).map((time, index) => ({
    at: to + hourMs + index * 7_000,
    time,
    why: 'back-fill',
  }));
}

export const isBroken = (faults: readonly InjectedFault[], { time }: PlannedFile): boolean =>
  faults.some(({ kind, from }) => kind === 'broken-file' && from === time);
