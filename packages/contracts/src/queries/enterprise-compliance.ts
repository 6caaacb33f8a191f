import { z } from 'zod';
import { complianceDayEvaluated, limitInForce } from '../compliance.ts';
import { incidentRecorded } from '../episodes.ts';
import { enterpriseEntry, facilityEntry, permitEntry, realDay, taxCode } from '../registers.ts';
import { stationKind } from '../stations.ts';
import { decimal, id, instant, realInstant } from '../values.ts';
import { counts } from './counts.ts';

const page = (most: number) => ({
  /** Rows behind this id only, to go on from the last answer. */
  after: id.optional(),
  limit: z.int().min(1).max(most).default(most),
});
const count = z.int().min(0);
const channel = { station: id, channel: id, parameter: z.string() };

/** Thống kê số liệu quan trắc: of one channel over the year. */
export const measuredInYear = z.object({
  table: z.literal('measured'),
  kind: stationKind,
  ...channel,
  /** Days of the year on which the station belonged to the facility, as far as they are over. */
  days: count,
  /** By the schedule of every one of these days, whatever came. */
  byDesign: count,
  received: count,
  inError: count,
  /** Percent, two decimals, half up; null of nothing. */
  receivedShare: decimal.nullable(),
  errorShare: decimal.nullable(),
});

/** Sự cố: what happened at a station, and what was done. */
export const incidentInYear = z.object({
  table: z.literal('incident'),
  station: id,
  incident: id,
  rule: incidentRecorded.shape.rule,
  openedAt: instant,
  /** null: it is still open. */
  resolvedAt: instant.nullable(),
  remedy: z.string().nullable(),
});

/** Số ngày vượt: of one channel against one number of the year. */
export const exceededInYear = z.object({
  table: z.literal('exceeded'),
  ...channel,
  unit: z.string(),
  lower: decimal.nullable(),
  upper: decimal.nullable(),
  /** Days that have a verdict, and those of them that exceed. */
  days: count,
  exceedingDays: count,
  /** Percent, two decimals, half up; null of nothing. */
  exceedingShare: decimal.nullable(),
  /** Days without a verdict, those of which nothing came too. */
  noVerdictDays: count,
  unconfirmed: z.boolean(),
});

/** Queries of enterprise-compliance. */
export const enterpriseComplianceQueries = {
  enterprises: { args: z.object({ enterprise: taxCode.optional(), ...page(1000) }), row: enterpriseEntry },
  /** `enterprise`: those that it owns on `day`; left out: today. */
  facilities: {
    args: z.object({
      facility: id.optional(),
      enterprise: taxCode.optional(),
      day: realDay.optional(),
      ...page(1000),
    }),
    row: facilityEntry,
  },
  permits: {
    args: z.object({ permit: id.optional(), facility: id.optional(), ...page(1000) }),
    row: permitEntry,
  },
  /** `day`: only those in force on it; left out: all, dated. */
  limits: { args: z.object({ station: id, day: realDay.optional() }), row: limitInForce },
  /**
   * Current verdicts of a station, or of a facility's stations while they were its own; by station, channel and day.
   * `asOf`: as they were known at an instant.
   */
  complianceDays: {
    args: z
      .object({
        facility: id.optional(),
        station: id.optional(),
        from: realDay,
        to: realDay,
        asOf: realInstant.optional(),
        limit: z.int().min(1).max(100_000).default(10_000),
      })
      .refine(
        ({ facility, station }) => facility !== undefined || station !== undefined,
        'name a facility or a station',
      ),
    row: complianceDayEvaluated,
  },
  /** Verdicts of the newest day of each channel. */
  counts,
  /** The numbers of the annual environment report, its three tables one after the other. */
  annualReport: {
    args: z.object({ facility: id, year: z.int().min(2000).max(2100) }),
    row: z.discriminatedUnion('table', [measuredInYear, incidentInYear, exceededInYear]),
  },
};
