import { z } from 'zod';
import { cause, decimal, id, instant, provenance } from './values.ts';

export const episodeRule = z.enum(['early-warning', 'exceedance', 'outage', 'technical-fault', 'status-share']);

/** Derived from records in time order; amended or withdrawn when data change. Topic `episodes`. */
export const episodeRecorded = z.object({
  /** `<station>/<channel or *>/<rule>/<ordinal>`: the ordinal counts over all limits of the channel. */
  episode: z.string(),
  station: id,
  /** null: the station as a whole. */
  channel: id.nullable(),
  rule: episodeRule,
  /** Which limit or threshold it is measured against. */
  limit: z.string().nullable(),
  basis: z.enum(['reading', '1h', '8h', '24h']).nullable(),
  ordinal: z.int().min(1),
  version: z.int().min(1),
  state: z.enum(['open', 'closed', 'withdrawn']),
  start: instant,
  /** null while it lasts. */
  end: instant.nullable(),
  peak: decimal.nullable(),
  threshold: decimal.nullable(),
  unit: z.string().nullable(),
  /** Counted once it has ended; 0 while it lasts. */
  members: z.int().min(0),
  /** An outage beyond twelve hours is to be reported to the authority. */
  reportable: z.boolean(),
  /** Told in a digest, never as a live alarm. */
  backfilled: z.boolean(),
  /** The node itself was away: not the station's fault. */
  nodeAway: z.boolean(),
  /** A declared period covers it. */
  declared: z.boolean(),
  explanation: z.string(),
  /** The settings that drew it, by name: `readings` in a row, `percent`, `gapPeriods`, `lateAfterMs`, `reportableAfterMs` ... */
  terms: z.record(z.string(), z.number()).optional(),
  ...provenance,
});
export type EpisodeRecorded = z.infer<typeof episodeRecorded>;

export const incidentRecorded = z.object({
  incident: id,
  version: z.int().min(1),
  /** null: several stations at once. */
  station: id.nullable(),
  /** Which node it is about, in a case of the national tier. */
  node: id.optional(),
  rule: z.union([episodeRule, z.literal('silent-node')]),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  openedAt: instant,
  episodes: z.array(z.object({ episode: z.string(), state: z.enum(['open', 'closed', 'withdrawn']) })),
  assignee: id.nullable(),
  /** What was done; names nobody. */
  resolution: z.string().nullable(),
  comments: z.int().min(0),
  /** What the eldest of its episodes that last, or else are founded, says of itself. */
  summary: z.string().optional(),
  /** Known long after it happened: told in a digest. */
  backfilled: z.boolean().optional(),
  knownAt: instant,
  cause,
});
export type IncidentRecorded = z.infer<typeof incidentRecorded>;

/** Rules changed for what was judged already: a further part of it; topic `private.rederivations`. */
export const rederivationAsked = z.object({
  /** Names a stretch that goes on part by part. */
  rederivation: z.string(),
  station: id,
  /** Which series of a station: `sets`, `tally`, `outages`, `<channel>/24h` ... */
  sources: z.array(z.string()).min(1),
  from: instant,
  to: instant,
  /** The first set behind it that was known when it was asked for; null: none. */
  next: instant.nullable(),
  ...provenance,
});
export type RederivationAsked = z.infer<typeof rederivationAsked>;
