import type { CheckedReading, ReceivedReading, TestFlags } from '@quantrac/contracts';
import { HOUR_MS, MINUTE_MS } from './builders.ts';

interface Sent {
  readonly time: number;
  readonly readings: readonly ReceivedReading[];
}

interface Quality {
  readonly grossRange: { readonly fail: { min: string; max: string }; readonly suspect: { max: string } };
  readonly spike: { readonly suspect: string; readonly fail: string };
  readonly rateOfChange: { readonly suspect: string; readonly fail: string };
  readonly flatLine: { readonly tolerance: string; readonly suspectAfter: number; readonly failAfter: number };
}

const INTERVAL = 5 * MINUTE_MS;

/** The flags of a reading from all readings at once, whole numbers at five minutes: written to be seen right, not to be fast. */
export function expectedFlags(sets: readonly Sent[], time: number, channel: string, quality: Quality): TestFlags {
  const all = seriesOf(sets, channel);
  const reading = all.find((each) => each.time === time)!;
  if (reading.value === null) return flagsOf(9, 9, 9, 9, 9, 9);
  const { status } = reading;
  const earlierAny = all.filter((each) => each.time < time && each.time >= time - 3 * INTERVAL).at(-1);
  const since = earlierAny ? time - earlierAny.time : undefined;
  const whole = since === undefined ? 1 : Math.round(since / INTERVAL);
  const timeFlag = since !== undefined && (whole === 0 || Math.abs(since - whole * INTERVAL) > INTERVAL / 10) ? 3 : 1;
  if (status !== '00') return flagsOf(status === '01' ? 3 : 4, timeFlag, 2, 2, 2, 2);
  const measured = all.filter((each) => each.value !== null && each.status === '00');
  const value = Number(reading.value);
  const before = measured.filter((each) => each.time < time && each.time >= time - 3 * INTERVAL).at(-1);
  const after = measured.find((each) => each.time > time && each.time <= time + 3 * INTERVAL);
  const { grossRange, spike, rateOfChange } = quality;
  const range =
    value < Number(grossRange.fail.min) || value > Number(grossRange.fail.max)
      ? 4
      : value > Number(grossRange.suspect.max)
        ? 3
        : 1;
  const steps = [before, after].flatMap((neighbour) => (neighbour ? value - Number(neighbour.value) : []));
  const sides = new Set(steps.map(Math.sign));
  const peak = steps.length === 2 && sides.size === 2 ? 0 : Math.min(...steps.map(Math.abs));
  const spikeFlag = beyond(steps.length > 0 ? peak : undefined, spike, 1);
  const change = before ? Math.abs(value - Number(before.value)) * MINUTE_MS : undefined;
  return flagsOf(
    1,
    timeFlag,
    range,
    steps.length < 2 && spikeFlag > 2 ? 2 : spikeFlag,
    beyond(change, rateOfChange, before ? time - before.time : 1),
    expectedFlat(measured, time, quality.flatLine),
  );
}

/** Value (six digits) and how many count; undefined: the channel has sent nothing by then. */
export function expectedHour(sets: readonly Sent[], hour: number, channel: string, quality: Quality) {
  const all = seriesOf(sets, channel);
  if (!all.some(({ time }) => time <= hour)) return undefined;
  const counted = all.filter(
    ({ time, value, status }) =>
      time > hour - HOUR_MS &&
      time <= hour &&
      value !== null &&
      status === '00' &&
      !expectedFlags(sets, time, channel, quality).includes('4'),
  );
  const slots = counted.filter(({ time }) => !counted.some((other) => other.time === time - MINUTE_MS)).length;
  const valid = Math.min(slots, 12);
  if (valid < 9) return [null, valid];
  const mean = counted.reduce((sum, { value }) => sum + Number(value), 0) / counted.length;
  return [Number((Math.sign(mean) * Math.round(Math.abs(mean) * 1e6)) / 1e6), valid];
}

function expectedFlat(
  measured: readonly { time: number; value: string | null }[],
  time: number,
  { tolerance, suspectAfter, failAfter }: Quality['flatLine'],
): CheckedReading['flag'] {
  const longest = Math.max(suspectAfter, failAfter);
  const known = measured.filter((each) => each.time <= time && each.time >= time - (longest + 2) * INTERVAL);
  const flatOver = (count: number) => {
    const values = known.slice(-count).map(({ value }) => Number(value));
    return values.length === count && Math.max(...values) - Math.min(...values) <= Number(tolerance);
  };
  if (flatOver(failAfter)) return 4;
  if (flatOver(suspectAfter)) return 3;
  return known.length >= longest || !flatOver(known.length) ? 1 : 2;
}

const seriesOf = (sets: readonly Sent[], channel: string) =>
  [...sets]
    .sort((a, b) => a.time - b.time)
    .flatMap(({ time, readings }) =>
      readings.filter((reading) => reading.channel === channel).map(({ value, status }) => ({ time, value, status })),
    );

const beyond = (distance: number | undefined, { suspect, fail }: { suspect: string; fail: string }, scale: number) =>
  distance === undefined ? 2 : distance > Number(fail) * scale ? 4 : distance > Number(suspect) * scale ? 3 : 1;

const flagsOf = (...testsInOrder: readonly CheckedReading['flag'][]): TestFlags => testsInOrder.join('');
