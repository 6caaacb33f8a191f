/** From and to, both inclusive, in hours since 1970 by their ends: hours in which a channel sent something, or was to. */
export type Span = readonly [first: number, last: number];

/**
 * So long after its last reading a channel's hours are told, empty as they are: what a logger must be able to send again is 60 days
 * (Điều 39 TT 10/2021).
 */
export const SILENCE_HOURS = 62 * 24;

/** With the hours from one to another; spans lie further apart than the silence that is told. */
export function heardIn(spans: readonly Span[], from: number, to = from): readonly Span[] {
  // Asked for every reading: by number, since taking pairs apart is slow.
  if (spans.some((span) => from >= span[0] && to <= span[1])) return spans;
  const near = ([first, last]: Span) => to >= first - SILENCE_HOURS && from <= last + SILENCE_HOURS;
  const joined = spans.filter(near);
  const first = Math.min(from, ...joined.map((span) => span[0]));
  const last = Math.max(to, ...joined.map((span) => span[1]));
  return [...spans.filter((span) => !near(span)), [first, last] as const].sort((a, b) => a[0] - b[0]);
}

/** Whether the channel has means of an hour: in it, or not too long before, something came. */
export const isTold = (spans: readonly Span[], hour: number): boolean =>
  spans.some(([first, last]) => hour >= first && hour <= last + SILENCE_HOURS);

/** The first hour that has means, from one on; Infinity: there is none. */
export const nextTold = (spans: readonly Span[], from: number): number =>
  Math.min(...spans.map(([first, last]) => (last + SILENCE_HOURS < from ? Infinity : Math.max(first, from))));

/** The hours in [from, to] that have means. */
export function toldHours(spans: readonly Span[], from: number, to: number): number[] {
  const hours: number[] = [];
  for (const [first, last] of spans)
    for (let hour = Math.max(first, from); hour <= Math.min(last + SILENCE_HOURS, to); hour++) hours.push(hour);
  return hours;
}
