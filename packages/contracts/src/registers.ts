import { canonicalUnit, isDay, isFactor } from '@quantrac/regulations';
import { z } from 'zod';
import { dailyMethod } from './compliance.ts';
import { day, decimal, id, instant } from './values.ts';

/** A form that is right may still name 30 February. */
export const realDay = day.refine(isDay, 'no such day exists');

/** One line of text without control characters. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'remove the control characters');

/** Ids that people choose: they stand in addresses and tables. */
export const chosenId = id.regex(/^[\p{L}\p{N}._-]+$/u, 'use letters, digits, dot, underscore and hyphen');

/** Mã số thuế: ten digits, a branch has three more, a person's has twelve. */
export const taxCode = z.string().regex(/^(\d{10}(-\d{3})?|\d{12})$/, 'a tax code has 10, 10-3 or 12 digits');

/** Luật BVMT 2020, Điều 111 and 112: what decides who must monitor automatically. */
export const facilityKind = z.enum(['industrial-zone', 'industrial-cluster', 'polluting-type', 'other']);

const number = decimal.max(30);
const factor = number.refine(isFactor, 'a factor is above 0');
const share = factor.refine((text) => Number(text) <= 1, 'a share is at most 1');

/** What a permit demands of one channel of a station; QCVN numbers come from the standard's own table. */
export const permitRule = z.object({
  station: id,
  channel: id,
  /** As published, with its version: `QCVN 40:2011/BTNMT`. */
  standard: line(64),
  column: z.string().max(16).optional(),
  /** QCVN 40:2011: Cmax = C x Kq x Kf. A standard that has no factors gets none. */
  factors: z.object({ Kq: factor, Kf: factor }).optional(),
  /** The receiving water is salt or brackish. */
  saltWater: z.boolean().optional(),
  /** The permit's own number: the stricter one holds; the only one where the standard has no table here. */
  value: z
    .object({
      lower: number.optional(),
      upper: number.optional(),
      unit: z.string().refine((text) => canonicalUnit(text) !== undefined, 'no such unit'),
    })
    .optional(),
  earlyWarning: share.default('0.7'),
  method: dailyMethod.default('mean-of-readings'),
  /** Shorter means that are watched against the same value, to act before the day is over. */
  watch: z
    .array(z.enum(['reading', '1h', '8h']))
    .max(3)
    .default(['1h']),
  /** Days, inclusive; left out: as long as the permit. */
  from: realDay.optional(),
  to: realDay.optional(),
});
export type PermitRule = z.infer<typeof permitRule>;

/** An entry of the register of enterprises; `knownAt`: of its newest version. */
export const enterpriseEntry = z.object({
  enterprise: taxCode,
  name: z.string(),
  version: z.int().min(1),
  knownAt: instant,
});
export type EnterpriseEntry = z.infer<typeof enterpriseEntry>;

export const facilityEntry = z.object({
  facility: id,
  name: z.string(),
  kind: facilityKind,
  /** The day since which it has operated or held a permit. */
  operatingSince: day,
  /** Of the day that is asked for. */
  owner: taxCode,
  owners: z.array(z.object({ enterprise: taxCode, from: day })),
  /** Days, inclusive. */
  stations: z.array(z.object({ station: id, from: day, to: day.nullable() })),
  version: z.int().min(1),
  knownAt: instant,
});
export type FacilityEntry = z.infer<typeof facilityEntry>;

export const permitEntry = z.object({
  permit: id,
  facility: id,
  number: z.string(),
  /** Days, inclusive. */
  from: day,
  to: day.nullable(),
  /** The first day on which it does not hold any more. */
  revokedFrom: day.nullable(),
  rules: z.array(permitRule),
  /** All that any version of it has named. */
  stations: z.array(id),
  version: z.int().min(1),
  knownAt: instant,
});
export type PermitEntry = z.infer<typeof permitEntry>;
