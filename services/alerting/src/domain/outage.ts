import type { Span } from './span.ts';

/** A stretch without sets. */
export interface Outage {
  /** The last set before it, or what let the station begin again: the node's return, the end of a suspension. */
  readonly start: number;
  /** The first set after it, or the suspension that it ended with; null: nothing has come yet. */
  readonly end: number | null;
  /** The node itself was away: the station is not to blame. */
  readonly nodeAway: boolean;
  /** The sets around, where the node's outage and the station's share the time between. */
  readonly shared?: { readonly start: number; readonly end: number | null };
}

export interface Silence {
  /** Times of sets, ascending. */
  readonly times: readonly number[];
  /** The schedule in force. */
  readonly intervalAt: (at: number) => number;
  /** By how much more than its interval two sets may lie apart. */
  readonly toleranceMs: number;
  /** How long after a set the next may take to be here, by the clock: schedule, delivery and grace. */
  readonly latenessAt: (at: number) => number;
  /** Up to here everything that was due should have come, delivery and grace allowed for; only that begins an outage, never a set or a timer. */
  readonly advancedTo: number;
  /** When the node was not receiving, by the clock. */
  readonly away: readonly Span[];
  /** Ascending: when nothing should come. Their `from` belongs to them, their `to` does not. */
  readonly idle: readonly Span[];
  /** When it is to send again, of those inside what `times` tells and behind a set. */
  readonly resumed: readonly number[];
}

/**
 * Outages (gián đoạn truyền số liệu) of one station, ascending: between two sets that are farther apart than the schedule in force at the
 * first allows, and after the last one, as long as the station is in a state in which it should send. A function of the times that are
 * known, whenever they came: data that come afterwards shorten, split or remove an outage. A station that has never sent is in none.
 */
export const outages = (silence: Silence): Outage[] =>
  gaps(silence).flatMap((gap) => (isOutage(gap, silence) ? blamed({ ...gap, nodeAway: false }, silence) : []));

type Gap = Pick<Outage, 'start' | 'end'>;

function gaps({ times, idle, resumed }: Silence): Gap[] {
  const starts = resumed.length === 0 ? times : [...new Set([...times, ...resumed])].sort((a, b) => a - b);
  return starts.flatMap((start, index) => {
    if (idle.some(({ from, to }) => from <= start && start < to)) return [];
    const next = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const ceased = idle.find(({ from }) => from > start)?.from ?? Number.POSITIVE_INFINITY;
    const end = Math.min(next, ceased);
    return { start, end: Number.isFinite(end) ? end : null };
  });
}

/** Something due has not come, and what came next, came too late to be its neighbour. */
function isOutage({ start, end }: Gap, { intervalAt, toleranceMs, advancedTo }: Silence): boolean {
  const interval = intervalAt(start);
  return advancedTo - start >= interval && (end === null || end - start > interval + toleranceMs);
}

/**
 * Whose outage it is. The node's, where the station was not late yet when the node went away; what lasts longer than the station may take
 * after the node's return is the station's own, from the return on. A station that was late before, stays to blame.
 */
function blamed(outage: Outage, silence: Silence): Outage[] {
  const { start, end } = outage;
  const lateness = silence.latenessAt(start);
  const until = end ?? silence.advancedTo;
  let back = start;
  for (const { from, to } of silence.away)
    if (from < back + lateness && to > back) back = Math.min(Math.max(back, to), until);
  if (back - start <= lateness) return [outage];
  if (!isOutage({ start: back, end }, silence)) return [{ ...outage, nodeAway: true }];
  return [
    { start, end: back, nodeAway: true, shared: { start, end } },
    { start: back, end, nodeAway: false, shared: { start, end } },
  ];
}
