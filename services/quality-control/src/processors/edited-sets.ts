import type { CheckedReading, ObservationSetChecked } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { OwnRow, RowOutput } from '@quantrac/stream-processing';
import { checkReading, checkSpike, type Received } from '../domain/check-reading.ts';
import type { CheckedSet } from '../domain/hourly-mean.ts';
import { receivedAtOf } from '../domain/received.ts';
import { isSameReading } from '../domain/same-reading.ts';
import { hourEnding } from '../domain/slots.ts';
import type { RuledChannel } from '../domain/station-rules.ts';
import { placeOf, positionOf, readingOf, type TimedSet, type Timeline } from '../domain/timeline.ts';
import { setRow } from './collections.ts';
import type { Work } from './work.ts';

type SetOwnRow = OwnRow<ObservationSetChecked>;

/** A set that came, at its newest revision. */
export interface Arrived extends TimedSet {
  readonly data: { readonly time: string; readonly receivedAt: string; readonly readings: readonly Received[] };
  readonly revision: number;
  /** How it was checked before. */
  readonly before: SetOwnRow | undefined;
}

export type KnownSet = CheckedSet & { readonly knownAt: number };

/** By channel, the ends of hours to which something else counts now. */
export type Touched = ReadonlyMap<string, readonly number[]>;

/** The sets in sight while readings of them are checked; flags depend on what was sent alone, so the order does not matter. */
export interface EditedSets {
  readonly timeline: Timeline;
  /** Of the set that came; -1: none did. */
  readonly arrivedAt: number;
  readonly checkArrived: (channels: readonly RuledChannel[]) => void;
  readonly checkAgain: (index: number, channel: RuledChannel, likelyAt: number) => void;
  readonly checkSpikeAgain: (index: number, channel: RuledChannel, likelyAt: number) => void;
  /** All sets in sight with what was found by now, ascending; new versions of those that changed. */
  readonly done: () => {
    readonly sets: readonly KnownSet[];
    readonly outputs: readonly RowOutput[];
    readonly touched: Touched;
  };
}

export function editSets(work: Work, arrived?: Arrived): EditedSets {
  const timeline: TimedSet[] = [...work.sets];
  const arrivedAt = arrived ? insert(timeline, arrived) : -1;
  const rowAt = (index: number) => (index === arrivedAt ? arrived!.before : (timeline[index] as SetOwnRow));
  const edits = new Map<number, CheckedReading[]>();
  const touched = new Map<string, number[]>();

  const touch = (index: number, { channel }: RuledChannel, endsAfterMs: number) => {
    const hour = hourEnding(timeline[index]!.time + endsAfterMs);
    const hours = touched.get(channel);
    if (!hours) touched.set(channel, [hour]);
    else if (!hours.includes(hour)) hours.push(hour);
  };
  const again = (check: typeof checkSpike) => (index: number, channel: RuledChannel, likelyAt: number) => {
    const { data } = rowAt(index)!;
    const position = positionOf(data.readings, channel.channel, likelyAt);
    if (position < 0) return;
    const was = data.readings[position]!;
    const place = placeOf(timeline, index, channel, likelyAt);
    const checked = check(was, { time: data.time, receivedAt: receivedAtOf(data) }, place, work.circumstances);
    if (checked === was || isSameReading(was, checked)) return;
    const readings = edits.get(index) ?? [...data.readings];
    readings[position] = checked;
    edits.set(index, readings);
    if (weighsOtherwise(was, checked)) touch(index, channel, place.rules.endsAfterMs);
  };

  return {
    timeline,
    arrivedAt,
    checkAgain: again(checkReading),
    checkSpikeAgain: again(checkSpike),
    checkArrived(channels) {
      const { data, before } = arrived!;
      const readings = data.readings.map((reading, at) => {
        const place = placeOf(timeline, arrivedAt, channels[at]!, at);
        const checked = checkReading(reading, data, place, work.circumstances);
        const was = before && readingOf(before.data.readings, reading.channel, at);
        if (!was || weighsOtherwise(was, checked)) touch(arrivedAt, channels[at]!, place.rules.endsAfterMs);
        return checked;
      });
      edits.set(arrivedAt, readings);
    },
    done() {
      const sets = timeline as unknown as KnownSet[];
      const outputs = [...edits].sort(byIndex).map(([index, readings]) => {
        const output = nextVersion(work, readings, rowAt(index), index === arrivedAt ? arrived : undefined);
        sets[index] = { time: output.time, knownAt: output.knownAt, data: { readings } };
        return output;
      });
      return { sets, outputs, touched };
    },
  };
}

/** In time order, in the place of what was known of it before. */
function insert(timeline: TimedSet[], arrived: Arrived): number {
  const before = timeline.findLastIndex(({ time }) => time <= arrived.time);
  const at = arrived.before ? before : before + 1;
  timeline.splice(at, arrived.before ? 1 : 0, arrived);
  return at;
}

const byIndex = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number => a - b;

const weighsOtherwise = (was: CheckedReading, is: CheckedReading): boolean =>
  was.used !== is.used || was.notCounted !== is.notCounted;

function nextVersion(
  { station, rules, origin }: Work,
  readings: CheckedReading[],
  row: SetOwnRow | undefined,
  arrived: Arrived | undefined,
): RowOutput {
  const time = arrived?.time ?? row!.time;
  const knownAt = Math.max(origin.knownAt, row?.knownAt ?? 0);
  const data: ObservationSetChecked = {
    station,
    time: arrived?.data.time ?? row!.data.time,
    version: (row?.version ?? 0) + 1,
    received: arrived?.revision ?? row!.data.received,
    receivedAt: arrived?.data.receivedAt ?? receivedAtOf(row!.data),
    rules: String(rules.version),
    knownAt: toInstant(knownAt),
    cause: origin.cause,
    root: origin.root,
    readings,
  };
  return setRow(data, time, knownAt);
}
