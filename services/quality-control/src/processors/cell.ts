import type { Span } from '../domain/heard.ts';
import { type RuledChannel, type RuleRecord, stationRules } from '../domain/station-rules.ts';

/** How far around a reading its check looks, ms. */
export type Reach = Pick<RuledChannel, 'intervalMs' | 'neighbourMs' | 'reachMs'>;

/** What is remembered of a station between records; small, since every commit writes it. Hours are counted by their ends since 1970. */
export interface Cell {
  /** The version of its record that was seen last; 0: none. */
  readonly stationVersion: number;
  readonly ambientAir: boolean;
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
  /** By channel, when it sent something. */
  readonly heard: Readonly<Record<string, readonly Span[]>>;
}

export const emptyCell: Cell = {
  stationVersion: 0,
  ambientAir: false,
  reach: { intervalMs: 0, neighbourMs: 0, reachMs: 0 },
  slow: {},
  closedHour: 0,
  newestMean: 0,
  reviewed: null,
  heard: {},
};

/** Channels beyond this interval are told one by one, so that the others need not look as far. */
const SLOW_MS = 900_000;

export function withRecord(cell: Cell, record: RuleRecord): Cell {
  const { channels, ambientAir } = stationRules(record);
  const quick: RuledChannel[] = [];
  const slow: Record<string, Reach> = {};
  for (const channel of channels.values())
    if (channel.intervalMs > SLOW_MS) slow[channel.channel] = farthest([channel]);
    else quick.push(channel);
  return { ...cell, stationVersion: record.version, ambientAir, reach: farthest(quick), slow };
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
