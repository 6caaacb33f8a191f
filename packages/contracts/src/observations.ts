import { z } from 'zod';
import { testFlags } from './test-flags.ts';
import { actor, cause, decimal, flag, id, instant, provenance } from './values.ts';

export const deviceStatus = z.enum(['00', '01', '02']);

/** One value of one channel at one time, as it was sent. */
export const receivedReading = z.object({
  channel: id,
  /** null: the device sent a missing-value code. */
  value: decimal.nullable(),
  qualifier: z.enum(['<', '>', 'trace', 'not-detected']).optional(),
  unit: z.string(),
  status: deviceStatus,
  /** The set's revision at which this reading was last changed. */
  revision: z.int().min(1),
  /** `<node>/<number>` */
  receipt: z.string(),
  /** Stamped later than it arrived, within what is tolerated, ms. */
  aheadMs: z.int().optional(),
  /** Added to its stamp, since the clock of the station was wrong, ms. */
  clockOffsetMs: z.int().optional(),
});
export type ReceivedReading = z.infer<typeof receivedReading>;

/** All readings of one station at one time, at the newest revision; topic `observations.received`. */
export const observationSetReceived = z.object({
  station: id,
  time: instant,
  revision: z.int().min(1),
  /** The version of the station's record by which lines were placed; readers wait until they have seen it. */
  stationVersion: z.int().min(1),
  ...provenance,
  readings: z.array(receivedReading).min(1),
});
export type ObservationSetReceived = z.infer<typeof observationSetReceived>;

/**
 * What was expected of a station until now and what came; topics `observations.received` and, once checked as far, `observations.checked`,
 * in order with the sets.
 */
export const intakeAdvanced = z.object({
  station: id,
  stationVersion: z.int().min(1),
  upTo: instant,
  knownAt: instant,
  expected: z.int().min(0),
  missing: z.int().min(0),
  /** The last time of a set before the gap that is open; null when nothing is missing now. */
  lastReceived: instant.nullable(),
  /** Since when this node has been receiving without a break; after the gap began: the node itself was away. */
  openSince: instant,
});
export type IntakeAdvanced = z.infer<typeof intakeAdvanced>;

/** A file or a line of it that could not be placed; topic `intake.held`. */
export const fileHeld = z.object({
  held: id,
  version: z.int().min(1),
  node: id,
  receipt: z.string(),
  station: id.nullable(),
  path: z.string(),
  way: z.enum(['ftp', 'http', 'folder', 'command']),
  account: id.nullable(),
  state: z.enum(['held', 'released', 'dismissed']),
  /** Empty: the whole file. */
  lines: z.array(z.object({ line: z.int(), text: z.string(), reason: z.string(), advice: z.string() })),
  /** How many more lines are held beside those; undefined: none. */
  linesLeftOut: z.int().min(1).optional(),
  reason: z.string(),
  advice: z.string(),
  /** Who assigned, reprocessed or dismissed it, where this version is a person's doing. */
  by: actor.omit({ from: true }).optional(),
  ...provenance,
});
export type FileHeld = z.infer<typeof fileHeld>;

export const notCounted = z.enum([
  'missing',
  'calibration',
  'device-error',
  'failed',
  'rejected',
  'declared-period',
  'withdrawn',
]);

export const readingReview = z.object({
  review: id,
  decision: z.enum(['accepted', 'rejected', 'corrected', 'withdrawn']),
  by: id,
  at: instant,
  reason: z.string(),
  /** The received revision that was judged; below the reading's own it waits for a new judgement. */
  revision: z.int(),
});

export const checkedReading = z.object({
  channel: id,
  value: decimal.nullable(),
  qualifier: receivedReading.shape.qualifier,
  unit: z.string(),
  status: deviceStatus,
  revision: z.int().min(1),
  aheadMs: receivedReading.shape.aheadMs,
  /** When this revision became known; undefined: with the set, at its `receivedAt`. */
  knownAt: instant.optional(),
  /** The revisions before, oldest first; undefined: there are none. */
  superseded: z.array(z.object({ revision: z.int().min(1), knownAt: instant })).optional(),
  /** In the channel's unit and basis; after a correction the corrected value. Null without a value. */
  used: decimal.nullable(),
  /** Each automatic test's outcome; one that could not run is 2, never absent. */
  flags: testFlags,
  /** fail > suspect > pass > not evaluated; missing only without a value. */
  flag,
  counts: z.boolean(),
  notCounted: notCounted.optional(),
  review: readingReview.optional(),
});
export type CheckedReading = z.infer<typeof checkedReading>;

/** The set with what was found of each reading; topic `observations.checked`. */
export const observationSetChecked = z.object({
  station: id,
  time: instant,
  version: z.int().min(1),
  /** The received revision that was checked. */
  received: z.int().min(1),
  /** When that revision became known. */
  receivedAt: instant.optional(),
  /** Which rules were used: version of the station's record. */
  rules: z.string(),
  ...provenance,
  readings: z.array(checkedReading).min(1),
});
export type ObservationSetChecked = z.infer<typeof observationSetChecked>;

/** A person's judgement over a range of readings; topic `reviews`. */
export const reviewRecorded = z.object({
  review: id,
  version: z.int().min(1),
  station: id,
  channels: z.array(id).min(1),
  /** Inclusive, by the readings' times. */
  from: instant,
  to: instant,
  decision: z.enum(['accepted', 'rejected', 'corrected', 'withdrawn']),
  /** For a correction: used = value x factor + offset. */
  correction: z.object({ factor: decimal, offset: decimal }).optional(),
  reason: z.string().min(1).max(1000),
  by: id,
  state: z.enum(['in-force', 'revoked']),
  /** It judges the revisions that were known then; undefined: at the `knownAt` of its first version. */
  seenAt: instant.optional(),
  knownAt: instant,
  cause,
});
export type ReviewRecorded = z.infer<typeof reviewRecorded>;

/** Rules or reviews changed for readings that are checked already; topic `private.rechecks`. */
export const recheckAsked = z.object({
  /** Names a stretch that goes on day by day. */
  recheck: z.string(),
  station: id,
  channels: z.array(id).min(1),
  /** Inclusive, by the readings' times. */
  from: instant,
  to: instant,
  ...provenance,
});
export type RecheckAsked = z.infer<typeof recheckAsked>;

/** Hours whose means are still to be told, too many for one decision; topic `private.rechecks`. */
export const hoursAsked = z.object({
  /** Names a stretch that goes on day by day. */
  hours: z.string(),
  station: id,
  /** The instants that end the first and the last of them. */
  from: instant,
  to: instant,
  /** It closes them, and is passed on behind the last; undefined: they are closed. */
  advance: intakeAdvanced.optional(),
  ...provenance,
});
export type HoursAsked = z.infer<typeof hoursAsked>;
