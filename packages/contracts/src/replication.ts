import { z } from 'zod';
import { id, instant } from './values.ts';

/** The state of a node's journal towards the ministry; topic `replication`. */
export const replicationAdvanced = z.object({
  node: id,
  incarnation: z.int().min(1),
  appended: z.int().min(0),
  acknowledged: z.int().min(0),
  root: z.string(),
  state: z.enum(['connecting', 'streaming', 'waiting', 'stopped']),
  stopped: z.object({ code: z.string(), message: z.string() }).nullable(),
  knownAt: instant,
});
export type ReplicationAdvanced = z.infer<typeof replicationAdvanced>;

/** What the ministry sends down to a node; topic `directives`. */
export const directiveIssued = z.object({
  directive: id,
  node: id,
  number: z.int().min(1),
  kind: z.enum(['station-approved', 'station-rejected', 'correction-requested']),
  station: id.nullable(),
  reason: z.string(),
  by: id,
  knownAt: instant,
});
export type DirectiveIssued = z.infer<typeof directiveIssued>;
