import type { CheckedReading, ObservationSetChecked } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { OwnRow, RowOutput } from '@quantrac/stream-processing';
import { checkReading, checkSpike, type Received } from '../domain/check-reading.ts';
import type { CheckedSet } from '../domain/hourly-mean.ts';
import { receivedAtOf } from '../domain/received.ts';
import { isSameReading } from '../domain/same-reading.ts';
import { hourEnding } from '../domain/slots.ts';
import type { RuledChannel } from '../domain/station-rules.ts';
import { type Place, placeOf, positionOf, readingOf, type TimedSet, type Timeline } from '../domain/timeline.ts';
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

/** The sets in sight while readings of them are checked; flags depend on what was sent alone, so the order does not matter. */
export interface Editing {
  readonly work: Work;
  /** What came is in the place of what was known of it. */
  readonly timeline: Timeline;
  readonly arrived: Arrived | undefined;
  /** Where what came stands; -1: nothing did. */
  readonly arrivedAt: number;
  /** By place in the timeline, the readings of sets that changed. */
  readonly edits: Map<number, CheckedReading[]>;
  /** By channel, the ends of hours to which something else counts now. */
  readonly touched: Map<string, number[]>;
}

export type KnownSet = CheckedSet & { readonly knownAt: number };

export function editSets(work: Work, arrived?: Arrived): Editing {
  const timeline: TimedSet[] = [...work.sets];
  const before = timeline.findLastIndex(({ time }) => time <= (arrived?.time ?? -Infinity));
  const arrivedAt = arrived?.before ? before : before + 1;
  if (arrived) timeline.splice(arrivedAt, arrived.before ? 1 : 0, arrived);
  return { work, timeline, arrived, arrivedAt: arrived ? arrivedAt : -1, edits: new Map(), touched: new Map() };
}

/** Checks the readings of these channels in the set that came; what was known of others stands. */
export function checkArrived(editing: Editing, channels: readonly RuledChannel[]): void {
  const { work, timeline, arrivedAt, edits } = editing;
  const { data, before } = editing.arrived!;
  const readings = data.readings.map((reading, at) => {
    const was = before && readingOf(before.data.readings, reading.channel, at);
    const isAt = channels[at]?.channel === reading.channel;
    const channel = isAt ? channels[at] : channels.find((one) => one.channel === reading.channel);
    if (!channel) return was!;
    const place = placeOf(timeline, arrivedAt, channel, at);
    const checked = checkReading(reading, data, place, work.circumstances);
    if (!was || weighsOtherwise(was, checked)) touch(editing, place);
    return checked;
  });
  edits.set(arrivedAt, readings);
}

/** Checks a channel's reading of another set in sight again; `check`: as far as it can have changed. */
export function checkAgain(
  editing: Editing,
  index: number,
  channel: RuledChannel,
  likelyAt: number,
  check: typeof checkReading | typeof checkSpike = checkReading,
): void {
  const { work, timeline, edits } = editing;
  const { data } = timeline[index] as SetOwnRow;
  const position = positionOf(data.readings, channel.channel, likelyAt);
  if (position < 0) return;
  const was = data.readings[position]!;
  const place = placeOf(timeline, index, channel, likelyAt);
  const checked = check(was, { time: data.time, receivedAt: receivedAtOf(data) }, place, work.circumstances);
  if (checked === was || isSameReading(was, checked)) return;
  const readings = edits.get(index) ?? [...data.readings];
  readings[position] = checked;
  edits.set(index, readings);
  if (weighsOtherwise(was, checked)) touch(editing, place);
}

/** All sets in sight with what was found of them, and the new versions, ascending. */
export function editedSets({ work, timeline, arrived, arrivedAt, edits }: Editing): {
  readonly sets: readonly KnownSet[];
  readonly outputs: readonly RowOutput[];
} {
  const sets = [...timeline] as unknown as KnownSet[];
  const outputs = [...edits]
    .sort(([a], [b]) => a - b)
    .map(([index, readings]) => {
      const output =
        index === arrivedAt
          ? firstCheck(work, arrived!, readings)
          : nextVersion(work, timeline[index] as SetOwnRow, readings);
      sets[index] = { time: output.time, knownAt: output.knownAt, data: { readings } };
      return output;
    });
  return { sets, outputs };
}

function touch({ touched }: Editing, { timeline, index, channel, rules }: Place): void {
  const hour = hourEnding(timeline[index]!.time + rules.endsAfterMs);
  const hours = touched.get(channel.channel);
  if (!hours) touched.set(channel.channel, [hour]);
  else if (!hours.includes(hour)) hours.push(hour);
}

const weighsOtherwise = (was: CheckedReading, is: CheckedReading): boolean =>
  was.used !== is.used || was.notCounted !== is.notCounted;

const firstCheck = (work: Work, { time, data, revision, before }: Arrived, readings: CheckedReading[]): RowOutput =>
  version(work, time, before, { time: data.time, received: revision, receivedAt: data.receivedAt, readings });

const nextVersion = (work: Work, row: SetOwnRow, readings: CheckedReading[]): RowOutput => {
  const { time, received } = row.data;
  return version(work, row.time, row, { time, received, receivedAt: receivedAtOf(row.data), readings });
};

function version(
  { station, rules, origin }: Work,
  time: number,
  before: SetOwnRow | undefined,
  checked: Pick<ObservationSetChecked, 'time' | 'received' | 'receivedAt' | 'readings'>,
): RowOutput {
  const knownAt = Math.max(origin.knownAt, before?.knownAt ?? 0);
  const data: ObservationSetChecked = {
    station,
    time: checked.time,
    version: (before?.version ?? 0) + 1,
    received: checked.received,
    receivedAt: checked.receivedAt,
    rules: String(rules.version),
    knownAt: toInstant(knownAt),
    cause: origin.cause,
    root: origin.root,
    readings: checked.readings,
  };
  return setRow(data, time, knownAt);
}
