import { z } from 'zod';
import { channelId, decimal, instant, lane, parameter, provenance, stationId, unit, version } from './values.ts';

/** Topic `aggregates`. */
export const aggregateComputed = z
  .object({
    lane,
    station: stationId,
    channel: channelId,
    parameter,
    statistic: z.enum(['mean', 'min', 'max', 'sum']).describe('What was computed of the readings that count.'),
    length: z.enum(['1h', '8h', '24h']).describe('Length of the period.'),
    end: instant.describe('The instant that ends the period, UTC; hour H takes readings with times in (H-1h, H].'),
    version,
    value: decimal.nullable().describe('The result, decimal text; null, with a reason, is a result too.'),
    sum: decimal
      .nullable()
      .describe('Exact sum of the readings that counted, decimal text; null when none did. It keeps their digits.'),
    reason: z
      .enum(['data-capture', 'no-data'])
      .optional()
      .describe('Why the value is null: too little data, or none; absent with a value.'),
    unit,
    expected: z.int().min(0).describe('How many readings the period should have.'),
    received: z.int().min(0).describe('How many came.'),
    valid: z.int().min(0).describe('How many counted.'),
    members: z
      .int()
      .min(0)
      .optional()
      .describe('How many readings `sum` adds up, where two in one slot make them more than `valid`.'),
    dataCapture: decimal.describe('`valid` over `expected`, at most 1, decimal text with three decimals.'),
    capturePercent: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('The share of `expected` that a value needs, per cent, as it was set when this version was made.'),
    state: z
      .enum(['provisional', 'closed', 'amended'])
      .describe('`provisional` while more may come, `closed` after; `amended`: changed after it was closed.'),
    basis: z.string().describe('SHA-256 of the ordered readings (time, version, counted) and the rules.'),
    rules: z.string().describe("Which rules were used: version of the station's record."),
    ...provenance,
  })
  .describe('A mean, minimum, maximum or sum of one channel over one period, with its data capture.');
export type AggregateComputed = z.infer<typeof aggregateComputed>;
