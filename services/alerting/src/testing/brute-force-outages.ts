import type { IntakeAdvanced, ObservationSetChecked } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import { outages } from '../domain/outage.ts';
import { dueWithin, intervalAt, isCovered, type StationFacts, undeclaredMs } from '../domain/station-facts.ts';
import type { EpisodeSettings } from '../processors/episode-work.ts';
import type { Content } from './brute-force.ts';

export function outageContents(
  sets: readonly ObservationSetChecked[],
  advances: readonly IntakeAdvanced[],
  facts: StationFacts,
  settings: EpisodeSettings,
): Content[] {
  if (advances.length === 0) return [];
  const advancedTo = Math.max(...advances.map(({ upTo }) => Date.parse(upTo)));
  const away = advances.flatMap(({ openSince }, index) =>
    openSince === advances[index - 1]?.openSince
      ? []
      : { from: Date.parse(advances[index - 1]?.knownAt ?? toInstant(0)), to: Date.parse(openSince) },
  );
  const times = sets.map(({ time }) => Date.parse(time));
  const toleranceMs = settings.outageGraceMs;
  return outages({
    times,
    intervalAt: (at) => intervalAt(facts, at),
    toleranceMs,
    latenessAt: (at) => dueWithin(facts, at) + toleranceMs,
    advancedTo,
    away,
    idle: facts.idle,
    resumed: facts.idle.map(({ to }) => to).filter((at) => times[0] !== undefined && times[0] < at),
  }).map(({ start, end, nodeAway }) => {
    const interval = intervalAt(facts, start);
    const missed: number[] = [];
    for (let slot = start + interval; end === null ? slot <= advancedTo : slot < end; slot += interval)
      missed.push(slot);
    const span = { from: start + interval, to: missed.at(-1) ?? start + interval };
    const declared = isCovered(facts, null, span);
    const undeclared = undeclaredMs(facts, { from: start, to: end ?? advancedTo });
    return {
      channel: null,
      rule: 'outage',
      limit: null,
      start: toInstant(start),
      end: end === null ? null : toInstant(end),
      peak: null,
      threshold: null,
      members: 0,
      reportable: !nodeAway && !declared && undeclared > settings.reportableAfterMs,
      nodeAway,
      declared,
    };
  });
}
