import { z } from 'zod';
import { decimal, id, instant, provenance } from './values.ts';

/** A value derived from readings of one channel over one period; topic `aggregates`. */
export const aggregateComputed = z.object({
  /** `official`, or `replay:<id>`. */
  lane: z.string(),
  station: id,
  channel: id,
  parameter: z.string(),
  statistic: z.enum(['mean', 'min', 'max', 'sum']),
  length: z.enum(['1h', '8h', '24h']),
  /** The instant that ends the period; hour H takes ends in (H-1h, H]. */
  end: instant,
  version: z.int().min(1),
  /** null with a reason is a result too. */
  value: decimal.nullable(),
  /** Exact sum of the members that counted; null when none did. */
  sum: decimal.nullable(),
  reason: z.enum(['data-capture', 'no-data']).optional(),
  unit: z.string(),
  expected: z.int().min(0),
  received: z.int().min(0),
  /** How many counted. */
  valid: z.int().min(0),
  /** How many readings `sum` adds up, where two in one slot make them more than `valid`. */
  members: z.int().min(0).optional(),
  /** valid over expected, at most 1, three decimals. */
  dataCapture: decimal,
  /** The share of `expected` that a value needs, per cent, as it was set when this version was made. */
  capturePercent: z.int().min(1).max(100).optional(),
  state: z.enum(['provisional', 'closed', 'amended']),
  /** SHA-256 of the ordered members (time, version, counted) and the rules. */
  basis: z.string(),
  rules: z.string(),
  ...provenance,
});
export type AggregateComputed = z.infer<typeof aggregateComputed>;
