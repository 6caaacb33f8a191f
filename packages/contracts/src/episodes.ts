import { z } from 'zod';
import { cause, decimal, id, instant, knownAt, provenance, stationId, version } from './values.ts';

export const episodeRule = z
  .enum(['early-warning', 'exceedance', 'outage', 'technical-fault', 'status-share'])
  .describe('By which rule it was drawn.');

const episodeName = z
  .string()
  .describe(
    '`<station>/<channel or *>/<rule>/<ordinal>`, and the limit before the ordinal where it is measured against one.',
  );
const episodeState = z
  .enum(['open', 'closed', 'withdrawn'])
  .describe('`open` while it lasts, `closed` after; `withdrawn`: later data show that it never was.');

/** Topic `episodes`. */
export const episodeRecorded = z
  .object({
    episode: episodeName,
    station: stationId,
    channel: id.nullable().describe('The channel, by its id; null: the station as a whole.'),
    rule: episodeRule,
    limit: z.string().nullable().describe('Which limit or threshold it is measured against; null: none.'),
    basis: z
      .enum(['reading', '1h', '8h', '24h'])
      .nullable()
      .describe('Which value is compared: a reading, or a mean so long; null: none is.'),
    ordinal: z.int().min(1).describe('The last part of its name.'),
    version,
    state: episodeState,
    start: instant.describe('When it began, by the time of the data, UTC.'),
    end: instant.nullable().describe('When it ended, by the time of the data, UTC; null while it lasts.'),
    peak: decimal.nullable().describe('The value farthest beyond the threshold, in `unit`, decimal text; null: none.'),
    threshold: decimal.nullable().describe('What was passed at the peak, in `unit`, decimal text; null: nothing was.'),
    unit: z.string().nullable().describe('Unit of peak and threshold; null where they have none.'),
    members: z.int().min(0).describe('How many values make it up; counted once it has ended, 0 while it lasts.'),
    reportable: z.boolean().describe('An outage beyond twelve hours: it is to be reported to the authority.'),
    backfilled: z.boolean().describe('Known long after it happened: told in a digest, never as a live alarm.'),
    nodeAway: z.boolean().describe("The node itself was away: not the station's fault."),
    declared: z.boolean().describe('A declared period (maintenance, calibration, ...) covers it.'),
    explanation: z.string().describe('One sentence for people: what was seen and by which rule.'),
    terms: z
      .record(z.string(), z.number())
      .optional()
      .describe(
        'Settings that drew it, by name: `readings` in a row, `percent`, `gapPeriods`, `lateAfterMs`; Ms: in ms.',
      ),
    ...provenance,
  })
  .describe(
    'An early warning, exceedance, outage or technical fault, derived from the data; amended when they change.',
  );
export type EpisodeRecorded = z.infer<typeof episodeRecorded>;

/** Topics `incidents` and `national.incidents`. */
export const incidentRecorded = z
  .object({
    incident: id.describe('The case, by its id.'),
    version,
    station: stationId.nullable().describe('The station, by its id; null: several at once, or none.'),
    node: id.optional().describe('Which node it is about, in a case of the national tier.'),
    rule: z.union([episodeRule, z.literal('silent-node')]).describe('By which rule it was opened.'),
    state: z.enum(['open', 'acknowledged', 'resolved']).describe('How far people have come with it.'),
    openedAt: instant.describe('When it was opened, UTC.'),
    episodes: z
      .array(z.object({ episode: episodeName, state: episodeState }))
      .describe('The episodes that it is about, as they stand.'),
    assignee: id.nullable().describe('Account id of who handles it, no name; null: nobody yet.'),
    resolution: z.string().nullable().describe('What was done; names nobody. Null until it is resolved.'),
    comments: z.int().min(0).describe('How many comments it has; the node alone keeps their text.'),
    summary: z
      .string()
      .optional()
      .describe('What the eldest of its episodes that last, or else are founded, says of itself.'),
    backfilled: z.boolean().optional().describe('Known long after it happened: told in a digest.'),
    knownAt,
    cause,
  })
  .describe('The state of a case that people handle.');
export type IncidentRecorded = z.infer<typeof incidentRecorded>;

/** Rules changed for what was judged already: a further part of it; topic `private.rederivations`. */
export const rederivationAsked = z.object({
  /** Names a stretch that goes on part by part. */
  rederivation: z.string(),
  station: stationId,
  /** Which series of a station: `sets`, `tally`, `outages`, `<channel>/24h` ... */
  sources: z.array(z.string()).min(1),
  from: instant,
  to: instant,
  /** The first set behind it that was known when it was asked for; null: none. */
  next: instant.nullable(),
  ...provenance,
});
export type RederivationAsked = z.infer<typeof rederivationAsked>;
