import {
  type Channel,
  type ChannelSettings,
  type ReceivedReading,
  type StationRecorded,
  settingsAt,
} from '@quantrac/contracts';
import {
  basisConversion,
  canonicalUnit,
  conversion,
  normaliseSymbol,
  type Substance,
  toInstant,
} from '@quantrac/regulations';
import type { LineFaultReason } from './line-fault.ts';
import type { ReadingLine } from './reading-line.ts';
import { channelsByName } from './station-directory.ts';

/** A reading whose channel is known; the receipt and revision come when it is taken in. */
export interface PlacedReading extends Omit<ReceivedReading, 'revision' | 'receipt'> {
  /** ms */
  readonly time: number;
}

export type HeldReason =
  | LineFaultReason
  | 'ChannelUnknown'
  | 'ChannelTwice'
  | 'UnitUnknown'
  | 'UnitNotConvertible'
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
  const first = new Map<string, { line: ReadingLine; index: number }>();
  for (const line of lines) {
    const placed = placeLine(line, names, options);
    if ('reason' in placed) {
      held.push(placed);
      continue;
    }
    const slot = `${placed.channel} ${placed.time}`;
    const other = first.get(slot);
    if (other === undefined) {
      first.set(slot, { line, index: readings.push(placed) - 1 });
      continue;
    }
    if (other.index >= 0) held.push(twice(other.line));
    held.push(twice(line));
    if (other.index >= 0) readings[other.index] = undefined as never;
    other.index = -1;
  }
  return {
    readings: held.length > 0 ? readings.filter(Boolean) : readings,
    held: held.sort((a, b) => a.line - b.line),
  };
}

const indexes = new WeakMap<StationRecorded, ReadonlyMap<string, readonly Channel[]>>();

function namesOf(record: StationRecorded): ReadonlyMap<string, readonly Channel[]> {
  const known = indexes.get(record);
  if (known) return known;
  const made = channelsByName(record);
  indexes.set(record, made);
  return made;
}

function placeLine(
  line: ReadingLine,
  names: ReadonlyMap<string, readonly Channel[]>,
  { at, aheadMs }: PlaceOptions,
): PlacedReading | HeldLine {
  const early = line.time - at;
  if (early > aheadMs)
    return hold(
      line,
      'TimeInFuture',
      `the clock of the station is ${minutes(early)} min ahead: set it, then reprocess or correct the file`,
    );
  if (line.time < EARLIEST)
    return hold(
      line,
      'ClockNotSet',
      'the clock of the station was not set when it measured: set it and send the file again',
    );
  const instant = toInstant(line.time);
  const name = normaliseSymbol(line.symbol);
  const channel = names
    .get(name)
    ?.find((candidate) => settingsAt(candidate, instant).names.some((known) => normaliseSymbol(known) === name));
  if (!channel)
    return hold(
      line,
      'ChannelUnknown',
      `no channel of the station is called "${line.symbol}": add the name to a channel, or a channel`,
    );
  const settings = settingsAt(channel, instant);
  const unit = line.unit === '' ? (settings.unitSent ?? settings.unit) : line.unit;
  const wrong = unitFault(unit, channel.parameter, settings);
  if (wrong) return hold(line, wrong.reason, wrong.advice);
  return {
    channel: channel.channel,
    value: line.missing ? null : line.value,
    ...(line.qualifier && { qualifier: line.qualifier }),
    unit,
    status: line.status,
    time: line.time,
    ...(early > 0 && { aheadMs: early }),
  };
}

interface UnitFault {
  readonly reason: 'UnitUnknown' | 'UnitNotConvertible';
  readonly advice: string;
}

const judged = new WeakMap<ChannelSettings, Map<string, UnitFault | undefined>>();

/** A unit is judged once for a channel's settings. */
function unitFault(unit: string, parameter: string, settings: ChannelSettings): UnitFault | undefined {
  const known = judged.get(settings) ?? new Map<string, UnitFault | undefined>();
  judged.set(settings, known);
  if (!known.has(unit)) known.set(unit, judgeUnit(unit, parameter, settings));
  return known.get(unit);
}

function judgeUnit(
  unit: string,
  parameter: string,
  { unit: kept, basisSent, basis }: ChannelSettings,
): UnitFault | undefined {
  const from = canonicalUnit(unit);
  const to = canonicalUnit(kept);
  if (from === undefined)
    return {
      reason: 'UnitUnknown',
      advice: `"${unit}" is not a unit that is known: correct it at the logger, or register its spelling`,
    };
  if (to === undefined || conversion(from, to, parameter) === undefined)
    return {
      reason: 'UnitNotConvertible',
      advice: `"${unit}" cannot be converted to ${kept}: correct the unit at the logger or in the channel`,
    };
  if (
    basisSent &&
    basis &&
    basisSent !== basis &&
    !basisConversion(parameter, basisSent as Substance, basis as Substance)
  )
    return {
      reason: 'UnitNotConvertible',
      advice: `${parameter} as ${basisSent} cannot be converted to ${basis}: correct the basis of the channel`,
    };
  return undefined;
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
