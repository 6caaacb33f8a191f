/** A stretch of time, ms; both ends belong to it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const hull = (a: Span, b: Span): Span => ({ from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) });

export const meet = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to;

export const widened = ({ from, to }: Span, byMs: number): Span => ({ from: from - byMs, to: to + byMs });
