import type { Channel, ChannelSettings, DeclaredPeriod } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { RuleRecord } from './station-rules.ts';

/** Readings that other rules hold for now, by their times in ms, both inclusive. */
export interface Stretch {
  readonly channels: readonly string[];
  /** -Infinity: since ever. */
  readonly from: number;
  /** Infinity: from now on. */
  readonly to: number;
}

/** Where the rules of two records of a station differ; what only names, places or people changed is none. */
export function changedRules(before: RuleRecord, after: RuleRecord): Stretch[] {
  const known = new Map(before.channels.map((channel) => [channel.channel, channel]));
  const changed: Stretch[] = [];
  for (const channel of after.channels) {
    const was = known.get(channel.channel);
    if (!was) continue;
    const other = before.kind !== after.kind || was.parameter !== channel.parameter;
    const stretches = other ? [{ from: -Infinity, to: Infinity }] : changedSettings(was, channel);
    changed.push(...stretches.map((stretch) => ({ channels: [channel.channel], ...stretch })));
  }
  return joined([...changed, ...changedPeriods(before, after)]);
}

function changedSettings(before: Channel, after: Channel): { from: number; to: number }[] {
  const dates = [before, after].flatMap(({ settings }) => settings.map(startOf));
  const starts = [...new Set([-Infinity, ...dates])].sort((a, b) => a - b);
  return starts.flatMap((from, index) => {
    const same = isSame(decisive(settingsFrom(before, from)), decisive(settingsFrom(after, from)));
    return same ? [] : [{ from, to: (starts[index + 1] ?? Infinity) - 1 }];
  });
}

function changedPeriods(before: RuleRecord, after: RuleRecord): Stretch[] {
  const all = after.channels.map(({ channel }) => channel);
  const [was, is] = [acceptedOf(before), acceptedOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((period) => {
    const pair = [was.get(period), is.get(period)];
    if (isSame(pair[0], pair[1])) return [];
    return pair.flatMap((each) =>
      each ? [{ channels: each.channels ?? all, from: fromInstant(each.from)!, to: fromInstant(each.to)! }] : [],
    );
  });
}

const acceptedOf = ({
  declaredPeriods,
}: RuleRecord): Map<string, Pick<DeclaredPeriod, 'from' | 'to' | 'channels' | 'expected'>> =>
  new Map(
    declaredPeriods
      .filter(({ accepted }) => accepted)
      .map(({ period, from, to, channels, expected }) => [period, { from, to, channels, expected }]),
  );

/** Channels whose rules changed over one stretch are named together. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const byDates = Map.groupBy(stretches, ({ from, to }) => `${from} ${to}`);
  return [...byDates.values()].map((same) => ({
    ...same[0]!,
    channels: [...new Set(same.flatMap(({ channels }) => channels))],
  }));
}

const startOf = ({ from }: ChannelSettings): number => (from === null ? -Infinity : fromInstant(from)!);

function settingsFrom({ settings }: Channel, time: number): ChannelSettings {
  return settings.findLast((each) => startOf(each) <= time) ?? settings[0]!;
}

const decisive = ({ unit, basisSent, basis, stamp, intervalMs, analyserCycleMs, quality }: ChannelSettings) => ({
  unit,
  basisSent,
  basis,
  stamp,
  intervalMs,
  analyserCycleMs,
  quality,
});

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
