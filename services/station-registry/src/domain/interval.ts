/** UTC, ISO 8601 with milliseconds: earlier and later as texts too. */
export type Instant = string;

/** From inclusive, to exclusive; null: since ever, without end. */
export interface Interval {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** Before and behind every instant as a text. */
const ever = '';
const never = '~';

export const startOf = ({ from }: Pick<Interval, 'from'>): string => from ?? ever;

export const endOf = ({ to }: Pick<Interval, 'to'>): string => to ?? never;

export const overlap = (one: Interval, other: Interval): boolean =>
  startOf(one) < endOf(other) && startOf(other) < endOf(one);

/** `from ..  to` as a message shows it; an open end is left out. */
export const shownInterval = ({ from, to }: Interval): string => `${from ?? ''}..${to ?? ''}`;

/** Sorted by start, with `item` in the place of one that has the same start. */
export const placed = <Item extends Pick<Interval, 'from'>>(items: readonly Item[], item: Item): readonly Item[] =>
  [...items.filter(({ from }) => from !== item.from), item].sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
