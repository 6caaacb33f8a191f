import { fromInstant } from '@quantrac/regulations';
import { z } from 'zod';

/** UTC, ISO 8601 with milliseconds: `2026-01-15T01:30:00.000Z`. */
export const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

/** What people and programs ask with: a form that is right may still name 30 February. */
export const realInstant = instant.refine((text) => fromInstant(text) !== undefined, 'no such time exists');

/** A Vietnamese day: `2026-01-15`. */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** A decimal number as text; it keeps the digits it was sent with. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

/** QARTOD: pass 1, not evaluated 2, suspect 3, fail 4, missing 9. */
export const flag = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(9)]);

/** Opaque and permanent. */
export const id = z.string().min(1).max(64);

/** Why a version exists: `<kind>:<id>`, for example `receipt:node1/42`. */
export const cause = z.string().regex(/^[a-z-]+:.+$/);

/** What every version of a fact carries: when it became known, why, and where that chain began. */
export const provenance = { knownAt: instant, cause, root: cause };

export const actor = z.object({
  account: id,
  role: z.enum([
    'department',
    'server-operator',
    'industrial-zone-board',
    'enterprise',
    'contractor',
    'ministry',
    'system',
  ]),
  organisation: z.string().max(200).optional(),
  onBehalfOf: id.optional(),
  from: z.string().max(200).optional(),
});
export type Actor = z.infer<typeof actor>;
