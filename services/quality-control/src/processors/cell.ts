import type { StationRecorded } from '@quantrac/contracts';
import { heardIn, type Span } from '../domain/heard.ts';
import { HOUR_MS } from '../domain/slots.ts';
import { type RuledChannel, type RuleRecord, stationRules } from '../domain/station-rules.ts';

/** How far around a reading its check looks, ms. */
export type Reach = Pick<RuledChannel, 'intervalMs' | 'neighbourMs' | 'reachMs'>;

/** What is remembered of a station between records; small, since every commit writes it. Hours are counted by their ends since 1970. */
export interface Cell {
  /** The highest version of its record that was seen; 0: none. */
  readonly stationVersion: number;
  readonly ambientAir: boolean;
  /** Its lifecycle lets sets be expected. */
  readonly sending: boolean;
  /** It did when intake advanced last: what intake passes from there on is expected. */
  readonly expected: boolean;
  /** Of most channels. */
  readonly reach: Reach;
  /** Of those that look farther. */
  readonly slow: Readonly<Record<string, Reach>>;
  /** Intake has advanced past this hour. */
  readonly closedHour: number;
  /** No mean of a later hour has been put out. */
  readonly newestMean: number;
  /** Between which times reviews were given, ms; null: none was. */
  readonly reviewed: readonly [from: number, to: number] | null;
  /** By channel, when it sent something or was expected to. */
  readonly heard: Readonly<Record<string, readonly Span[]>>;
  /** Hours are being told day by day; what was received waits, so that it finds them as if they had been told at once. */
  readonly telling: boolean;
}

export const emptyCell: Cell = {
  stationVersion: 0,
  ambientAir: false,
  sending: false,
  expected: false,
  reach: { intervalMs: 0, neighbourMs: 0, reachMs: 0 },
  slow: {},
  closedHour: 0,
  newestMean: 0,
  reviewed: null,
  heard: {},
  telling: false,
};

const sendingStages: readonly StationRecorded['lifecycle'][] = ['trial', 'confirmed', 'operating'];

/** Channels beyond this interval are told one by one, so that the others need not look as far. */
const SLOW_MS = 900_000;

export function withRecord(cell: Cell, record: RuleRecord & Pick<StationRecorded, 'lifecycle'>): Cell {
  const { channels, ambientAir } = stationRules(record);
  const sending = sendingStages.includes(record.lifecycle);
  const heard = { ...Object.fromEntries([...channels.keys()].map((channel) => [channel, []])), ...cell.heard };
  const quick: RuledChannel[] = [];
  const slow: Record<string, Reach> = {};
  for (const channel of channels.values())
    if (channel.intervalMs > SLOW_MS) slow[channel.channel] = farthest([channel]);
    else quick.push(channel);
  const expected = cell.expected && sending;
  return {
    ...cell,
    // sets that name a version from before the registry was restored must not wait for it
    stationVersion: Math.max(cell.stationVersion, record.version),
    ambientAir,
    sending,
    expected,
    heard,
    reach: farthest(quick),
    slow,
  };
}

/**
 * While a station sends, every channel is expected in every hour that intake passes, heard or not; since when, its first advance tells:
 * what went before it, as long as the station was planned or suspended, was not.
 * `last`: the hour that intake has passed now.
 */
export function expecting(cell: Cell, last: number): Cell {
  const { expected, closedHour, heard } = cell;
  if (!expected || last <= closedHour) return cell;
  const isExpected = (spans: readonly Span[]) => spans.some(([from, to]) => from <= closedHour + 1 && last <= to);
  if (Object.values(heard).every(isExpected)) return cell;
  const spans = Object.entries(heard).map(([channel, known]) => [channel, heardIn(known, closedHour + 1, last)]);
  return { ...cell, heard: Object.fromEntries(spans) };
}

/** The farthest that any of these channels looks. */
export const reachOf = ({ reach, slow }: Pick<Cell, 'reach' | 'slow'>, channels: readonly string[]): Reach => {
  const slowOnes = channels.filter((channel) => slow[channel]);
  return slowOnes.length === 0 ? reach : farthest([reach, ...slowOnes.map((channel) => slow[channel]!)]);
};

const farthest = (of: readonly Reach[]): Reach => ({
  intervalMs: Math.max(0, ...of.map(({ intervalMs }) => intervalMs)),
  neighbourMs: Math.max(0, ...of.map(({ neighbourMs }) => neighbourMs)),
  reachMs: Math.max(0, ...of.map(({ reachMs }) => reachMs)),
});

/** Remembers up to which hour means may be there. */
export function withMeans(cell: Cell, means: readonly { readonly time: number }[]): Cell {
  const newestMean = means.reduce((newest, { time }) => Math.max(newest, time / HOUR_MS), cell.newestMean);
  return newestMean === cell.newestMean ? cell : { ...cell, newestMean };
}
