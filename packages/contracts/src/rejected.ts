import { z } from 'zod';
import { id, instant } from './values.ts';

/** A record that a group set aside, handed to it again as it came. */
export const recordReplayed = z.object({
  /** Of what was set aside, as query `rejected` names it. */
  id,
  /** Of the cell that takes it. */
  key: z.string(),
  /** Where the record stood. */
  topic: z.string(),
  position: z.string(),
  /** The record's own. */
  headers: z.record(z.string(), z.string()),
  value: z.base64(),
  by: id,
  at: instant,
});
export type RecordReplayed = z.infer<typeof recordReplayed>;
