import { z } from 'zod';
import {
  channelId,
  day,
  decimal,
  id,
  knownAt,
  lane,
  parameter,
  provenance,
  stationId,
  unit,
  version,
} from './values.ts';

const bound = {
  lower: decimal.nullable().describe('Lower bound in `unit`, decimal text; null: none.'),
  upper: decimal.nullable().describe('Upper bound in `unit`, decimal text; null: none.'),
};
const facility = id.describe('The facility (enterprise, plant), by its id.');
const unconfirmed = z.boolean().describe('Nobody has confirmed a table that the limit was taken from.');

export const dailyMethod = z
  .enum(['mean-of-readings', 'mean-of-hourly-means', 'flow-weighted'])
  .describe('How the value of a day is made of what was measured.');
export type DailyMethod = z.infer<typeof dailyMethod>;

/** What permit and standard allow one channel, factors applied; dated. */
export const limitInForce = z.object({
  limit: z.string().describe("Unique among a channel's limits of one day, the same over dates and permits: its basis."),
  station: stationId,
  channel: channelId,
  parameter,
  basis: z.enum(['reading', '1h', '8h', '24h']).describe('Which value is compared: a reading, or a mean so long.'),
  unit,
  ...bound,
  from: day.describe('First day on which it holds, Vietnamese date.'),
  to: day.nullable().describe('Last day on which it holds, Vietnamese date; null: no end.'),
  standard: z.string().describe('As published, with its version: `QCVN 40:2011/BTNMT`.'),
  column: z.string().nullable().describe("Column of the standard's table; null: it has none."),
  factors: z.record(z.string(), decimal).describe('Factors that are applied, by name (`Kq`, `Kf`), decimal text.'),
  permit: z.string().nullable().describe('The permit that it comes from; null: from the standard alone.'),
  facility: facility.optional().describe('Whose permit it is.'),
  method: dailyMethod.optional().describe("How a day's value is made; for the basis of 24 hours."),
  earlyWarning: decimal
    .nullable()
    .describe('Share of the limit from which an early warning is given, decimal text: `0.7`; null: none is given.'),
  unconfirmed,
  reason: z.string().optional().describe('Why it has no number, where both bounds are null.'),
});
export type LimitInForce = z.infer<typeof limitInForce>;

/** Topic `limits`. */
export const limitsRecorded = z
  .object({
    station: stationId,
    facility: facility.nullable().describe('The facility that the station belongs to; null: none.'),
    version,
    limits: z.array(limitInForce).describe('Every limit of every channel, past and coming ones too.'),
    knownAt,
    cause: z.string().describe('Why this version exists: `<kind>:<id>`.'),
  })
  .describe('All limits of one station, dated, factors applied.');
export type LimitsRecorded = z.infer<typeof limitsRecorded>;

/** Topic `compliance`. */
export const complianceDayEvaluated = z
  .object({
    lane,
    facility: facility.nullable().describe('The facility that answers for the station; null: none.'),
    station: stationId,
    channel: channelId,
    parameter,
    limit: z.string().describe('Which limit of the channel, as topic `limits` names it.'),
    day: day.describe('The day that is judged, Vietnamese date: 00:00 to 24:00 at UTC+7.'),
    version,
    method: dailyMethod,
    value: decimal.nullable().describe("The day's value in `unit`, decimal text; null: there is none."),
    unit,
    ...bound,
    verdict: z
      .enum(['within', 'exceeds', 'no-verdict'])
      .describe('Whether the value keeps the limit; `no-verdict` has a reason.'),
    reason: z.string().optional().describe('Why there is no verdict.'),
    byDesign: z.int().min(0).describe('How many values the day should have by the schedule of the station.'),
    received: z.int().min(0).describe('How many of those came.'),
    inError: z.int().min(0).describe('How many of those that came do not count.'),
    state: z
      .enum(['provisional', 'closed', 'amended'])
      .describe('`provisional` while more may come, `closed` after; `amended`: changed after it was closed.'),
    unconfirmed,
    rules: z
      .object({
        standard: z.string().describe('The standard by which it was judged, with its version.'),
        permit: z.string().nullable().describe('The permit by which it was judged; null: none.'),
        capturePercent: z
          .int()
          .min(1)
          .max(100)
          .describe('Below this share of the values by design, per cent, a day has no verdict.'),
      })
      .optional()
      .describe('By what it was judged; absent where the day has no limit.'),
    basis: z.string().describe('SHA-256 of what the verdict was made of; the same basis, the same verdict.'),
    ...provenance,
  })
  .describe("The day's verdict of one channel against one limit.");
export type ComplianceDayEvaluated = z.infer<typeof complianceDayEvaluated>;

/** Limits or the schedule changed for days that are settled; topic `private.judgings`. */
export const judgingAsked = z.object({
  station: stationId,
  /** The station's changes are counted: a newer one takes the place of what an older one still asks for. */
  change: z.int().min(1),
  /** Inclusive. */
  from: day,
  to: day,
  ...provenance,
});
export type JudgingAsked = z.infer<typeof judgingAsked>;
