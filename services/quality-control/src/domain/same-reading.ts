import type { CheckedReading } from '@quantrac/contracts';

/** The same was sent and the same is found of it; since when that is known does not matter. */
export const isSameReading = (a: CheckedReading, b: CheckedReading): boolean =>
  a.value === b.value &&
  a.status === b.status &&
  a.unit === b.unit &&
  a.qualifier === b.qualifier &&
  a.revision === b.revision &&
  a.used === b.used &&
  a.flag === b.flag &&
  a.notCounted === b.notCounted &&
  a.flags === b.flags &&
  isSameReview(a.review, b.review);

const isSameReview = (a: CheckedReading['review'], b: CheckedReading['review']): boolean =>
  a === b || (a?.review === b?.review && a?.decision === b?.decision && a?.revision === b?.revision);
