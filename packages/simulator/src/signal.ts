import type { ChannelModel } from './channel-models.ts';
import { swing } from './random.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const offsetHours = 7;
const wanderMs = 2 * hourMs;
const JITTER = 1;
const WANDER = 2;

/**
 * The value that a sound instrument shows at an instant: mean, daily cycle, a slow wander and some jitter, within three
 * noises of the cycle. A function of the instant alone, so that late and repeated files say the same.
 */
export function signal(model: ChannelModel, seed: number, time: number): number {
  const measured = model.cycleMinutes === undefined ? time : lastCycle(time, model.cycleMinutes);
  const hour = measured / hourMs + offsetHours - model.peakHour;
  const cycle = model.daily * Math.cos((hour * Math.PI) / 12);
  const jitter = swing(seed, JITTER, measured / minuteMs);
  return model.mean + cycle + model.noise * (2 * wander(seed, measured) + jitter);
}

/** Cut to what the instrument can show, with the decimals that it prints. */
export const printed = ({ range: [min, max], decimals }: ChannelModel, value: number): string =>
  Math.min(Math.max(value, min), max).toFixed(decimals);

/** How far apart neighbouring values may honestly be: the scale that thresholds and faults are made on. */
export const stepOf = ({ noise, daily }: ChannelModel): number => 2 * noise + 0.3 * daily;

const lastCycle = (time: number, minutes: number): number =>
  Math.floor(time / (minutes * minuteMs)) * minutes * minuteMs;

function wander(seed: number, time: number): number {
  const knot = Math.floor(time / wanderMs);
  const before = swing(seed, WANDER, knot);
  return before + (swing(seed, WANDER, knot + 1) - before) * (time / wanderMs - knot);
}
