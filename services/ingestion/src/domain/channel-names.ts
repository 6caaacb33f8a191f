import type { Channel, ChannelSettings, StationRecorded } from '@quantrac/contracts';
import { fromInstant, normaliseSymbol } from '@quantrac/regulations';
import { type UnitFault, unitFaultOf } from './unit-fault.ts';

/** A name that files may give a channel, while its settings are in force. */
export interface ChannelName {
  readonly channel: string;
  /** Of the channel in its station, below `MOST_CHANNELS`. */
  readonly ordinal: number;
  /** Assumed where a line names no unit. */
  readonly unitSent: string;
  /** The unit that a spelling means here, as sent where it is registered nowhere, or why it means none; each is judged once. */
  readonly unitOf: (spelling: string) => string | UnitFault;
  /** In force from here, inclusive, to there, exclusive; ms. */
  readonly from: number;
  readonly to: number;
}

/** The channel that a symbol, as sent, names at a time; undefined: none. */
export type ChannelNames = (symbol: string, time: number) => ChannelName | undefined;

export const MOST_CHANNELS = 4096;
/** Spellings kept per station and unit spellings per channel: whoever sends noise must not fill the memory. */
const MOST_SPELLINGS = 1000;
const MOST_UNITS = 100;

const known = new WeakMap<StationRecorded, ChannelNames>();

/** The names of a station's record, made once for each record. Names are compared in NFC without case. */
export function namesOf(record: StationRecorded): ChannelNames {
  const there = known.get(record);
  if (there) return there;
  const made = makeNames(record);
  known.set(record, made);
  return made;
}

function makeNames({ kind, channels }: StationRecorded): ChannelNames {
  const byName = Map.groupBy(
    channels.flatMap((channel, ordinal) => datedNames(channel, ordinal, kind)),
    ({ name }) => name,
  );
  const spelled = new Map<string, readonly ChannelName[]>();
  return (symbol, time) => {
    let candidates = spelled.get(symbol);
    if (candidates === undefined) {
      candidates = byName.get(normaliseSymbol(symbol));
      if (candidates === undefined) return undefined;
      if (spelled.size < MOST_SPELLINGS) spelled.set(symbol, candidates);
    }
    for (const candidate of candidates) if (time >= candidate.from && time < candidate.to) return candidate;
    return undefined;
  };
}

/** Settings hold until the next ones; the first ones before their date too. */
function datedNames(
  { channel, parameter, settings }: Channel,
  ordinal: number,
  kind: StationRecorded['kind'],
): (ChannelName & { name: string })[] {
  return settings.flatMap((one, index) => {
    const from = index === 0 ? -Infinity : startOf(one);
    const to = index + 1 < settings.length ? startOf(settings[index + 1]!) : Infinity;
    const unitSent = one.unitSent ?? one.unit;
    const unitOf = judgedOnce((spelling) => {
      const unit = registeredUnit(spelling, one) ?? spelling;
      return unitFaultOf(unit, { kind, parameter }, one) ?? unit;
    });
    const names = new Set(one.names.map(normaliseSymbol));
    return [...names].map((name) => ({ name, channel, ordinal, unitSent, unitOf, from, to }));
  });
}

const startOf = ({ from }: ChannelSettings): number => (from === null ? -Infinity : fromInstant(from)!);

const registeredUnit = (spelling: string, { unitSpellings }: ChannelSettings): string | undefined =>
  unitSpellings?.find((one) => normaliseSymbol(one.spelling) === normaliseSymbol(spelling))?.unit;

function judgedOnce(judge: ChannelName['unitOf']): ChannelName['unitOf'] {
  const judged = new Map<string, string | UnitFault>();
  return (spelling) => {
    const known = judged.get(spelling);
    if (known !== undefined) return known;
    const unit = judge(spelling);
    if (judged.size < MOST_UNITS) judged.set(spelling, unit);
    return unit;
  };
}
