import { fromInstant } from '@quantrac/regulations';
import { z } from 'zod';

/** UTC, ISO 8601 with milliseconds: `2026-01-15T01:30:00.000Z`. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ format: 'date-time' });

/** What people and programs ask with: a form that is right may still name 30 February. */
export const realInstant = instant.refine((text) => fromInstant(text) !== undefined, 'no such time exists');

/** A Vietnamese day: `2026-01-15`. */
export const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .meta({ format: 'date' });

/** A decimal number as text; it keeps the digits it was sent with. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

export const flag = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(9)])
  .describe(
    'QARTOD flag, the worst outcome: pass 1, not evaluated 2, suspect 3, fail 4; missing 9, only without a value.',
  );

/** Opaque and permanent. */
export const id = z.string().min(1).max(64);

export const cause = z
  .string()
  .regex(/^[a-z-]+:.+$/)
  .describe('Why this version exists: `<kind>:<id>`, for example `receipt:node1/42`.');

/** Opaque and permanent; what they name stands in topic `stations`. */
export const stationId = id.describe('The station, by its id.');
export const channelId = id.describe('The channel, by its id; unique and permanent within the station.');

export const version = z.int().min(1).describe('Version of this fact, from 1; the highest one holds.');
export const knownAt = instant.describe('When this version became known, UTC.');
export const unit = z.string().describe('Unit of the values: `mg/L`.');
export const parameter = z.string().describe("What is measured, by the catalogue's code: `COD`, `PM2.5`.");
export const lane = z.string().describe('`official`, or `replay:<id>` for what was computed again beside it.');

/** What every version of a fact carries: when it became known, why, and where that chain began. */
export const provenance = { knownAt, cause, root: cause.describe('Where the chain of causes began: `<kind>:<id>`.') };

export const actor = z.object({
  account: id.describe('Account id of a person or program; no name.'),
  role: z
    .enum(['department', 'server-operator', 'industrial-zone-board', 'enterprise', 'contractor', 'ministry', 'system'])
    .describe('In which role it acted.'),
  organisation: z.string().max(200).optional().describe('Whose account it is.'),
  onBehalfOf: id.optional().describe('The account for whom it acted, where that is another one.'),
  from: z.string().max(200).optional(),
});
export type Actor = z.infer<typeof actor>;
