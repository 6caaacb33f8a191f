import { z } from 'zod';
import { testFlags } from './test-flags.ts';
import {
  actor,
  cause,
  channelId,
  decimal,
  flag,
  id,
  instant,
  knownAt,
  provenance,
  stationId,
  version,
} from './values.ts';

export const deviceStatus = z
  .enum(['00', '01', '02'])
  .describe('Status that the device sent: measuring 00, calibrating 01, in error 02.');

const receipt = z.string().describe('The receipt of the file it came in: `<node>/<number>`.');
const readingTime = instant.describe("The readings' time, UTC.");
const stationVersion = z
  .int()
  .min(1)
  .describe("Version of the station's record that was used; readers wait until they have seen it.");

/** One value of one channel at one time, as it was sent. */
export const receivedReading = z.object({
  channel: channelId,
  value: decimal.nullable().describe('As it was sent, decimal text; null: the device sent a missing-value code.'),
  qualifier: z
    .enum(['<', '>', 'trace', 'not-detected'])
    .optional()
    .describe('How the value is meant where it is no exact one: below or above it, a trace, not detected.'),
  unit: z.string().describe('Unit in which it was sent.'),
  status: deviceStatus,
  revision: z.int().min(1).describe("The set's revision at which this reading was last changed."),
  receipt,
  aheadMs: z.int().optional().describe('Stamped later than it arrived, within what is tolerated, by so many ms.'),
  clockOffsetMs: z.int().optional().describe('Added to its stamp since the clock of the station was wrong, ms.'),
});
export type ReceivedReading = z.infer<typeof receivedReading>;

/** Topic `observations.received`. */
export const observationSetReceived = z
  .object({
    station: stationId,
    time: readingTime,
    revision: z.int().min(1).describe('Version of the set, from 1; the highest one holds.'),
    stationVersion,
    ...provenance,
    readings: z.array(receivedReading).min(1).describe('One a channel.'),
  })
  .describe('All readings of one station at one time as they were sent, at the newest revision.');
export type ObservationSetReceived = z.infer<typeof observationSetReceived>;

/** Topics `observations.received` and, once checked as far, `observations.checked`. */
export const intakeAdvanced = z
  .object({
    station: stationId,
    stationVersion,
    upTo: instant.describe('How far this goes, UTC.'),
    knownAt,
    expected: z.int().min(0).describe('How many readings were expected since the advance before.'),
    missing: z.int().min(0).describe('How many of them have not come.'),
    lastReceived: instant
      .nullable()
      .describe('The last time of a set before the gap that is open, UTC; null when nothing is missing now.'),
    openSince: instant.describe(
      'Since when this node has been receiving without a break, UTC; after the gap began: the node itself was away.',
    ),
  })
  .describe('How far a station has been received: what was expected until now and what came, in order with the sets.');
export type IntakeAdvanced = z.infer<typeof intakeAdvanced>;

const heldReason = z.string().describe('Why it could not be placed, for people.');
const heldAdvice = z.string().describe('What to do, for people.');
const heldLine = z.object({
  line: z.int().describe('Number of the line in the file, from 1.'),
  text: z.string().describe('The line as it was sent.'),
  reason: heldReason,
  advice: heldAdvice,
});

/** Topic `intake.held`. */
export const fileHeld = z
  .object({
    held: id.describe('What is held, by its id.'),
    version,
    node: id.describe('The node that holds it, by its id.'),
    receipt,
    station: stationId.nullable().describe('The station, by its id; null: not known.'),
    path: z.string().describe('Name of the file, with its folder, as it was sent.'),
    way: z.enum(['ftp', 'http', 'folder', 'command']).describe('By which way it came.'),
    account: id.nullable().describe('The upload account, by its id; null: none.'),
    state: z
      .enum(['held', 'released', 'dismissed'])
      .describe('`held`: somebody must look; `released`: taken in after all; `dismissed`: put away.'),
    lines: z.array(heldLine).describe('The lines that are held; empty: the whole file.'),
    linesLeftOut: z.int().min(1).optional().describe('How many more lines are held beside those; absent: none.'),
    reason: heldReason,
    advice: heldAdvice,
    by: actor
      .omit({ from: true })
      .optional()
      .describe("Who assigned, reprocessed or dismissed it, where this version is a person's doing."),
    ...provenance,
  })
  .describe('A file, or lines of it, that could not be placed, and what became of it.');
export type FileHeld = z.infer<typeof fileHeld>;

export const notCounted = z
  .enum(['missing', 'calibration', 'device-error', 'failed', 'rejected', 'declared-period', 'withdrawn'])
  .describe('Why it does not count; absent where it counts.');

const decision = z.enum(['accepted', 'rejected', 'corrected', 'withdrawn']).describe('What the person decided.');
const reviewer = id.describe('Account id of the person, no name.');
const reviewReason = z.string().describe('Why, in the words of the person.');
const reviewId = id.describe('The review, by its id; topic `reviews` has it whole.');

export const readingReview = z.object({
  review: reviewId,
  decision,
  by: reviewer,
  at: instant.describe('When it was judged, UTC.'),
  reason: reviewReason,
  revision: z
    .int()
    .describe("The received revision that was judged; below the reading's own it waits for a new judgement."),
});

export const checkedReading = z.object({
  channel: channelId,
  value: receivedReading.shape.value,
  qualifier: receivedReading.shape.qualifier,
  unit: receivedReading.shape.unit,
  status: deviceStatus,
  revision: receivedReading.shape.revision,
  aheadMs: receivedReading.shape.aheadMs,
  knownAt: instant
    .optional()
    .describe('When this revision became known, UTC; absent: with the set, at its `receivedAt`.'),
  superseded: z
    .array(
      z.object({
        revision: z.int().min(1).describe('The revision.'),
        knownAt: instant.describe('When it became known, UTC.'),
      }),
    )
    .optional()
    .describe('The revisions before, oldest first; absent: there are none.'),
  used: decimal
    .nullable()
    .describe("In the channel's unit and basis, decimal text; after a correction the corrected value; null: no value."),
  flags: testFlags,
  flag,
  counts: z.boolean().describe('Whether it counts in means and verdicts.'),
  notCounted: notCounted.optional(),
  review: readingReview.optional().describe('The judgement of a person; absent: there is none.'),
});
export type CheckedReading = z.infer<typeof checkedReading>;

/** Topic `observations.checked`. */
export const observationSetChecked = z
  .object({
    station: stationId,
    time: readingTime,
    version,
    received: z.int().min(1).describe('The received revision that was checked.'),
    receivedAt: instant.optional().describe('When that revision became known, UTC.'),
    rules: z.string().describe("Which rules were used: version of the station's record."),
    ...provenance,
    readings: z.array(checkedReading).min(1).describe('One a channel.'),
  })
  .describe('The set with what was found of each reading: the outcome of each test, what counts, the reviews.');
export type ObservationSetChecked = z.infer<typeof observationSetChecked>;

/** Topic `reviews`. */
export const reviewRecorded = z
  .object({
    review: id.describe('The review, by its id.'),
    version,
    station: stationId,
    channels: z.array(id).min(1).describe('Whose readings are judged: channels by their ids.'),
    from: instant.describe('The first time of readings that it judges, UTC.'),
    to: instant.describe('The last time of readings that it judges, UTC, inclusive.'),
    decision,
    correction: z
      .object({
        factor: decimal.describe('Decimal text.'),
        offset: decimal.describe("In the channel's unit, decimal text."),
      })
      .optional()
      .describe('For a correction: used = value x factor + offset.'),
    reason: z.string().min(1).max(1000).describe('Why, in the words of the person.'),
    by: reviewer,
    state: z.enum(['in-force', 'revoked']).describe('Whether it holds.'),
    seenAt: instant
      .optional()
      .describe('It judges the revisions that were known then, UTC; absent: at the `knownAt` of its first version.'),
    knownAt,
    cause,
  })
  .describe('Judgement of a person over a range of readings.');
export type ReviewRecorded = z.infer<typeof reviewRecorded>;

/** Rules or reviews changed for readings that are checked already; topic `private.rechecks`. */
export const recheckAsked = z.object({
  /** Names a stretch that goes on day by day. */
  recheck: z.string(),
  station: stationId,
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
  station: stationId,
  /** The instants that end the first and the last of them. */
  from: instant,
  to: instant,
  /** It closes them, and is passed on behind the last; undefined: they are closed. */
  advance: intakeAdvanced.optional(),
  ...provenance,
});
export type HoursAsked = z.infer<typeof hoursAsked>;
