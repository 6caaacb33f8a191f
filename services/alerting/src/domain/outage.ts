import type { Span } from './span.ts';

/** A stretch without sets. */
export interface Outage {
  /** The last set before it, or the node's return where the node was away first. */
  readonly start: number;
  /** The first set after it; null: nothing has come yet. */
  readonly end: number | null;
  /** The node itself was away: the station is not to blame. */
  readonly nodeAway: boolean;
  /** The sets around, where the node's outage and the station's share the time between. */
  readonly shared?: { readonly start: number; readonly end: number | null };
}

export interface Silence {
  /** Times of sets, ascending. */
  readonly times: readonly number[];
  /** How long after a set the next one may take, schedule, delivery and grace: the station is late beyond. */
  readonly latenessAt: (at: number) => number;
  /** How far the intake has told that it has come; only that begins an outage, never a set or a timer. */
  readonly advancedTo: number;
  /** When the node was not receiving. */
  readonly away: readonly Span[];
  /** Data should come; otherwise an outage does not go on past the last set. */
  readonly sending: boolean;
}

/**
 * Outages (gián đoạn truyền số liệu) of one station, ascending: between two sets that are farther apart than the schedule in force at the
 * first allows, and after the last one. A function of the times that are known, whenever they came: data that come afterwards shorten,
 * split or remove an outage. A station that has never sent is in none.
 */
export function outages({ times, latenessAt, advancedTo, away, sending }: Silence): Outage[] {
  return times.flatMap((start, index) => {
    const end = times[index + 1] ?? null;
    if (end === null && !sending) return [];
    const until = Math.min(end ?? advancedTo, advancedTo);
    const lateness = latenessAt(start);
    return until - start > lateness ? blamed({ start, end, nodeAway: false }, end ?? advancedTo, lateness, away) : [];
  });
}

/**
 * Whose outage it is. The node's, where the station was not late yet when the node went away; what lasts longer than the station may take
 * after the node's return is the station's own, from the return on. A station that was late before, stays to blame.
 */
function blamed(outage: Outage, until: number, lateness: number, away: readonly Span[]): Outage[] {
  const { start, end } = outage;
  let back = start;
  for (const { from, to } of away) if (from <= back + lateness && to > back) back = Math.min(Math.max(back, to), until);
  if (back - start <= lateness) return [outage];
  if (until - back <= lateness) return [{ ...outage, nodeAway: true }];
  return [
    { start, end: back, nodeAway: true, shared: { start, end } },
    { start: back, end, nodeAway: false, shared: { start, end } },
  ];
}
