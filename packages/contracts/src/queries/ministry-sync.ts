import { z } from 'zod';
import { directiveIssued, replicationAdvanced } from '../replication.ts';
import { id, instant, realInstant } from '../values.ts';

/** Hours that begin in [from, to); left out: all. Facts that belong to no time are always compared. */
export const comparedRange = { from: realInstant.optional(), to: realInstant.optional(), station: id.optional() };

const place = {
  station: id,
  /** The instant at which the hour begins; empty: facts that belong to no time. */
  hour: z.string(),
  /** The topic's name. */
  collection: z.string(),
};

/** One station's facts of one topic in one hour. */
export const digestRow = z.object({ ...place, facts: z.int().min(0), digest: z.string() });

/** Queries of ministry-sync. */
export const ministrySyncQueries = {
  /** One row: where this node's journal stands towards the ministry. */
  replication: {
    args: z.object({}),
    row: z.object({
      ...replicationAdvanced.shape,
      /** undefined: none is set, the journal only grows. */
      ministry: z.string().optional(),
      /** Why it does not stream now. */
      problem: z.string().nullable(),
      /** How often replication has stopped. */
      stops: z.int().min(0),
      /** Records that could not be put into the journal, since the start. */
      setAside: z.int().min(0),
    }),
  },
  /** How often and why replication has stopped, newest first. */
  stops: {
    args: z.object({ limit: z.int().min(1).max(1000).default(100) }),
    row: z.object({
      incarnation: z.int().min(1),
      code: z.string(),
      message: z.string(),
      size: z.int().min(0),
      at: instant,
      /** The incarnation that was opened afterwards. */
      opened: z.int().min(2).nullable(),
    }),
  },
  /** Every difference between what this node's services hold and the national copy, up to a limit: no row, no difference. */
  compare: {
    args: z.object({
      node: id.optional(),
      ...comparedRange,
      limit: z.int().min(1).max(100_000).default(100_000),
    }),
    row: z.object({
      ...place,
      difference: z.enum(['missing here', 'missing there', 'other bytes']),
      type: z.string(),
      series: z.string(),
      time: z.int(),
      version: z.int(),
    }),
  },
  /** What the node compares with the national copy. */
  digests: { args: z.object(comparedRange), row: digestRow },
  /** What the ministry sent down, and what became of it. */
  directives: {
    args: z.object({ limit: z.int().min(1).max(10_000).default(1000) }),
    row: z.object({
      ...directiveIssued.shape,
      /** `unreadable`: `reason` is the text that came. */
      kind: z.enum([...directiveIssued.shape.kind.options, 'unreadable']),
      state: z.enum(['received', 'carried-out', 'refused']),
      refused: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  },
};
