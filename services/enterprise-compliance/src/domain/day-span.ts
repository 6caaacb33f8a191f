import { type Day, dayBounds, dayOf } from '@quantrac/regulations';

/** Vietnamese days, both inclusive; `to` null: without end. */
export interface DaySpan {
  readonly from: Day;
  readonly to: Day | null;
}

export const dayAfter = (day: Day): Day => dayOf(dayBounds(day).upTo + 1);
export const dayBefore = (day: Day): Day => dayOf(dayBounds(day).after);

export const covers = ({ from, to }: DaySpan, day: Day): boolean => from <= day && (to === null || day <= to);

export const overlap = (a: DaySpan, b: DaySpan): boolean => within(a, b) !== undefined;

/** The days of `span` that lie in `outer` too. */
export const within = (span: DaySpan, outer: DaySpan): DaySpan | undefined => {
  const from = later(span.from, outer.from);
  const to = earlier(span.to, outer.to);
  return to !== null && to < from ? undefined : { from, to };
};

/** null is later than any day. */
export const earlier = (a: Day | null, b: Day | null): Day | null =>
  a === null || b === null ? (a ?? b) : a < b ? a : b;

/** Of two texts that sort by time, days or instants. */
export const later = (a: string, b: string): string => {
  if (a > b) return a;
  return b;
};
