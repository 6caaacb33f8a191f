import { hash } from 'node:crypto';
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

/** How far a journal reaches, and its root there, in hexadecimal digits. */
const extent = { incarnation: z.int().min(0), size: z.int().min(0), root: z.string() };

/** The first record of every incarnation of a journal but the first: why the one before is given up, and where both sides stood. */
export const incarnationOpened = z.object({
  node: id,
  incarnation: z.int().min(2),
  /** What both sides have of the newest incarnation that the ministry holds. */
  common: z.object(extent),
  here: z.object(extent),
  there: z.object(extent),
  reason: z.string(),
  by: id,
  knownAt: instant,
});
export type IncarnationOpened = z.infer<typeof incarnationOpened>;

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

/** SHA-256 of a directive's text as it is sent, in hexadecimal digits. */
export const directiveHash = (text: string): string => hash('sha256', text, 'hex');

/** The hash over directives up to one: over the hash before it ('' before the first), its number and its text's hash. */
export const directivesHash = (before: string, number: number, textHash: string): string =>
  hash('sha256', `${before} ${number} ${textHash}`, 'hex');
