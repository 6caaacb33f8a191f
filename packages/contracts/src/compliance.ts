import { z } from 'zod';
import { day, decimal, id, instant, provenance } from './values.ts';

const bound = { lower: decimal.nullable(), upper: decimal.nullable() };

/** How the value of a day is made of what was measured. */
export const dailyMethod = z.enum(['mean-of-readings', 'mean-of-hourly-means', 'flow-weighted']);
export type DailyMethod = z.infer<typeof dailyMethod>;

/** What permit and standard allow one channel, factors applied; dated. */
export const limitInForce = z.object({
  /** Unique among a channel's limits of one day, and the same over dates and permits: its basis. */
  limit: z.string(),
  station: id,
  channel: id,
  parameter: z.string(),
  basis: z.enum(['reading', '1h', '8h', '24h']),
  unit: z.string(),
  ...bound,
  from: day,
  to: day.nullable(),
  standard: z.string(),
  column: z.string().nullable(),
  factors: z.record(z.string(), decimal),
  permit: z.string().nullable(),
  /** Whose permit it is. */
  facility: id.optional(),
  /** How a day's value is made; for the basis of 24 hours. */
  method: dailyMethod.optional(),
  /** Share of the limit from which an early warning is given, `0.7`. */
  earlyWarning: decimal.nullable(),
  /** Nobody has confirmed a table it was taken from. */
  unconfirmed: z.boolean(),
  /** Why it has no number, where both bounds are null. */
  reason: z.string().optional(),
});
export type LimitInForce = z.infer<typeof limitInForce>;

/** All limits of one station; topic `limits`, key station. */
export const limitsRecorded = z.object({
  station: id,
  facility: id.nullable(),
  version: z.int().min(1),
  limits: z.array(limitInForce),
  knownAt: instant,
  cause: z.string(),
});
export type LimitsRecorded = z.infer<typeof limitsRecorded>;

/** The day's verdict of one channel against one limit; topic `compliance`. */
export const complianceDayEvaluated = z.object({
  lane: z.string(),
  facility: id.nullable(),
  station: id,
  channel: id,
  parameter: z.string(),
  limit: z.string(),
  day,
  version: z.int().min(1),
  method: dailyMethod,
  value: decimal.nullable(),
  unit: z.string(),
  ...bound,
  verdict: z.enum(['within', 'exceeds', 'no-verdict']),
  reason: z.string().optional(),
  byDesign: z.int().min(0),
  received: z.int().min(0),
  inError: z.int().min(0),
  state: z.enum(['provisional', 'closed', 'amended']),
  unconfirmed: z.boolean(),
  /** By what it was judged; not there where the day has no limit. */
  rules: z
    .object({
      standard: z.string(),
      permit: z.string().nullable(),
      /** Below this share of the values by design, in percent, a day has no verdict. */
      capturePercent: z.int().min(1).max(100),
    })
    .optional(),
  basis: z.string(),
  ...provenance,
});
export type ComplianceDayEvaluated = z.infer<typeof complianceDayEvaluated>;

/** Limits or the schedule changed for days that are settled; topic `private.judgings`. */
export const judgingAsked = z.object({
  station: id,
  /** The station's changes are counted: a newer one takes the place of what an older one still asks for. */
  change: z.int().min(1),
  /** Inclusive. */
  from: day,
  to: day,
  ...provenance,
});
export type JudgingAsked = z.infer<typeof judgingAsked>;
