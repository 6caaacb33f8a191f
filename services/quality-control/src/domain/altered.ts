import type { RuledChannel } from './station-rules.ts';
import { isMeasured, readingOf, type Timeline } from './timeline.ts';

/** The measured reading before: the one at `index` is the other neighbour of its spike. -1: there is none. */
export function alteredBefore(timeline: Timeline, index: number, channel: RuledChannel, likelyAt: number): number {
  const { time } = timeline[index]!;
  for (let at = index - 1; at >= 0 && time - timeline[at]!.time <= channel.neighbourMs; at--) {
    const reading = readingOf(timeline[at]!.data.readings, channel.channel, likelyAt);
    if (reading && isMeasured(reading)) return at;
  }
  return -1;
}

/** All that can look back to the reading at `index`. */
export function alteredAfter(timeline: Timeline, index: number, channel: RuledChannel, likelyAt: number): number[] {
  const altered: number[] = [];
  const { time } = timeline[index]!;
  for (let at = index + 1; at < timeline.length && timeline[at]!.time - time <= channel.reachMs; at++)
    if (readingOf(timeline[at]!.data.readings, channel.channel, likelyAt)) altered.push(at);
  return altered;
}
