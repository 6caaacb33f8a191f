import { hash } from 'node:crypto';
import { z } from 'zod';
import { id, instant } from './values.ts';

/** Topics `replication` and `national.replication`. */
export const replicationAdvanced = z
  .object({
    node: id.describe('The node, by its id.'),
    incarnation: z.int().min(1).describe('Which journal of the node; rises when one is given up, as after a restore.'),
    appended: z.int().min(0).describe('How many records the journal has.'),
    acknowledged: z.int().min(0).describe('How many of them the ministry holds.'),
    root: z.string().describe('Root hash over the journal, hexadecimal; equal roots, equal records.'),
    state: z.enum(['connecting', 'streaming', 'waiting', 'stopped']).describe('How the replication stands.'),
    stopped: z
      .object({
        code: z.string().describe('For programs.'),
        message: z.string().describe('For people: what is wrong and what to do.'),
      })
      .nullable()
      .describe('Why it has stopped; null: it has not.'),
    knownAt: instant.describe('When this was so, UTC.'),
  })
  .describe("How far a node's journal has been appended, and how far the ministry holds it.");
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

/** Topic `directives`. */
export const directiveIssued = z
  .object({
    directive: id.describe('The directive, by its id.'),
    node: id.describe('The node that it is sent to, by its id.'),
    number: z.int().min(1).describe("Counts the node's directives, without gaps."),
    kind: z.enum(['station-approved', 'station-rejected', 'correction-requested']).describe('What it says.'),
    station: id.nullable().describe('The station that it is about, by its id; null: none.'),
    reason: z.string().describe('Why, for people.'),
    by: id.describe('Account id of who issued it, no name.'),
    knownAt: instant.describe('When it was issued, UTC.'),
  })
  .describe('What the ministry sent down to a node; it never changes.');
export type DirectiveIssued = z.infer<typeof directiveIssued>;

/** SHA-256 of a directive's text as it is sent, in hexadecimal digits. */
export const directiveHash = (text: string): string => hash('sha256', text, 'hex');

/** The hash over directives up to one: over the hash before it ('' before the first), its number and its text's hash. */
export const directivesHash = (before: string, number: number, textHash: string): string =>
  hash('sha256', `${before} ${number} ${textHash}`, 'hex');
