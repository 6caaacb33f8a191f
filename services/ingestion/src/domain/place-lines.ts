import type { ReceivedReading, StationRecorded } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import { type ChannelName, MOST_CHANNELS, namesOf } from './channel-names.ts';
import type { LineFaultReason } from './line-fault.ts';
import type { ReadingLine } from './reading-line.ts';
import type { UnitFaultReason } from './unit-fault.ts';

/** A reading whose channel is known; the receipt and revision come when it is taken in. */
export interface PlacedReading extends Omit<ReceivedReading, 'revision' | 'receipt'> {
  /** ms */
  readonly time: number;
  /** Of the file, from 1. */
  readonly line: number;
}

export type HeldReason =
  | LineFaultReason
  | UnitFaultReason
  | 'ChannelUnknown'
  | 'ChannelTwice'
  | 'TimeInFuture'
  | 'ClockNotSet';

export interface HeldLine {
  readonly line: number;
  readonly text: string;
  readonly reason: HeldReason;
  readonly advice: string;
}

export interface PlaceOptions {
  /** When the file arrived, ms. */
  readonly at: number;
  /** As `at`, where a person has said that the times are true by now. */
  readonly arrivedAt?: number | undefined;
  /** So far ahead of its arrival a stamp is accepted, as suspect. */
  readonly aheadMs: number;
}

export interface Placed {
  readonly readings: readonly PlacedReading[];
  readonly held: readonly HeldLine[];
}

/** Loggers without a battery wake in 1970 or 2000; no automatic station is older than this. */
const EARLIEST = Date.UTC(2005, 0, 1);

/** Gives each line its channel by the names, units and dates of the station's record, or says why it cannot. */
export function placeLines(lines: readonly ReadingLine[], record: StationRecorded, options: PlaceOptions): Placed {
  const names = namesOf(record);
  const readings: PlacedReading[] = [];
  const held: HeldLine[] = [];
  /** By channel and time, the line that came first; when a second comes both are held. */
  const first = new Map<number, ReadingLine>();
  const doubled = new Set<number>();
  const clock = correctedBy(record, options);
  for (const sent of lines) {
    const line = clock(sent);
    const name = isPlausible(line.time, options) ? names(line.symbol, line.time) : undefined;
    const placed = name === undefined ? unplaced(line, options) : placedBy(name, line, options, line.time - sent.time);
    if ('reason' in placed) {
      held.push(placed);
      continue;
    }
    const slot = (line.time - EARLIEST) * MOST_CHANNELS + name!.ordinal;
    const other = first.get(slot);
    if (other === undefined) {
      first.set(slot, line);
      readings.push(placed);
      continue;
    }
    if (!doubled.has(other.line)) held.push(twice(other));
    doubled.add(other.line);
    held.push(twice(line));
  }
  return {
    readings: doubled.size > 0 ? readings.filter(({ line }) => !doubled.has(line)) : readings,
    held: held.sort((a, b) => a.line - b.line),
  };
}

/** The line with its true time, by the correction in force when its file arrived; one that would lie ahead then was stamped by a right clock. */
function correctedBy(
  { clockCorrections = [] }: StationRecorded,
  { at, aheadMs, arrivedAt = at }: PlaceOptions,
): (line: ReadingLine) => ReadingLine {
  const arrived = toInstant(arrivedAt);
  const offsetMs = clockCorrections.findLast(({ from }) => from === null || from <= arrived)?.offsetMs ?? 0;
  if (offsetMs === 0) return (line) => line;
  return (line) => (line.time + offsetMs > at + aheadMs ? line : { ...line, time: line.time + offsetMs });
}

const isPlausible = (time: number, { at, aheadMs }: PlaceOptions): boolean => time <= at + aheadMs && time >= EARLIEST;

function placedBy(
  name: ChannelName,
  line: ReadingLine,
  { at }: PlaceOptions,
  offsetMs: number,
): PlacedReading | HeldLine {
  const unit = name.unitOf(line.unit === '' ? name.unitSent : line.unit);
  if (typeof unit !== 'string') return hold(line, unit.reason, unit.advice);
  const placed: { -readonly [Field in keyof PlacedReading]: PlacedReading[Field] } = {
    channel: name.channel,
    value: line.missing ? null : line.value,
    unit,
    status: line.status,
    time: line.time,
    line: line.line,
  };
  if (line.qualifier !== '') placed.qualifier = line.qualifier;
  if (line.time > at) placed.aheadMs = line.time - at;
  if (offsetMs !== 0) placed.clockOffsetMs = offsetMs;
  return placed;
}

function unplaced(line: ReadingLine, { at, aheadMs }: PlaceOptions): HeldLine {
  const ahead = line.time - at;
  if (ahead > aheadMs)
    return hold(
      line,
      'TimeInFuture',
      `the clock of the station is ${minutes(ahead)} min ahead: set it and send the file again, or register by how much it is wrong; reprocess this one only if its times are true`,
    );
  if (line.time < EARLIEST)
    return hold(
      line,
      'ClockNotSet',
      'the clock of the station was not set when it measured: set it, and register by how much it was wrong or send the file again with the true times',
    );
  return hold(
    line,
    'ChannelUnknown',
    `no channel of the station is called "${line.symbol}": add the name to a channel, or a channel`,
  );
}

const twice = (line: ReadingLine): HeldLine =>
  hold(
    line,
    'ChannelTwice',
    `the file gives "${line.symbol}" more than once at the same time: send one value, or give the second a channel of its own`,
  );

const hold = (line: ReadingLine, reason: HeldReason, advice: string): HeldLine => ({
  line: line.line,
  text: [line.symbol, line.value, line.unit, line.status].join(' '),
  reason,
  advice,
});

const minutes = (ms: number): number => Math.round(ms / 60_000);
