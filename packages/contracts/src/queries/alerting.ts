import { z } from 'zod';
import { episodeRecorded, episodeRule, incidentRecorded } from '../episodes.ts';
import { id, instant, realInstant } from '../values.ts';
import { counts } from './counts.ts';

const limit = z.int().min(1).max(10_000).default(1000);

/** One thing that happened to an incident; the text of a comment is shown to those who handle it, and published nowhere. */
export const incidentHappening = z.object({
  version: z.int().min(1),
  at: instant,
  event: z.string(),
  /** The account; `alerting` for what followed from data. */
  by: id,
  data: z.record(z.string(), z.unknown()),
});

export const notificationState = z.enum(['requested', 'sent', 'digest', 'expired']);

/** A mail that an incident asks for. */
export const notification = z.object({
  /** `<incident>-<reason>`; its mail's Message-ID begins with it. */
  notification: z.string(),
  incident: id,
  reason: z.string(),
  /** null: several stations at once. */
  station: id.nullable(),
  rule: incidentRecorded.shape.rule,
  summary: z.string(),
  openedAt: instant,
  /** false: told in a digest from the beginning. */
  live: z.boolean(),
  requestedAt: instant,
  /** From then on it is no alarm any more. */
  expiresAt: instant,
  state: notificationState,
  /** When a mail server took it; null: none has. */
  sentAt: instant.nullable(),
  attempts: z.int().min(0),
  lastError: z.string().nullable(),
});

/** Queries of alerting. */
export const alertingQueries = {
  /**
   * Episodes that touch [from, to), all where no range is given; newest versions, by their end. Withdrawn ones only where the state is named.
   * `versions: all`, for one station: every version of them, ascending.
   */
  episodes: {
    args: z.object({
      station: id.optional(),
      rule: episodeRule.optional(),
      state: episodeRecorded.shape.state.optional(),
      from: realInstant.optional(),
      to: realInstant.optional(),
      versions: z.enum(['current', 'all']).default('current'),
      limit,
    }),
    row: episodeRecorded,
  },
  /** Incidents, the newest first. `station`: those that concern it, also together with others. */
  incidents: {
    args: z.object({ state: incidentRecorded.shape.state.optional(), station: id.optional(), limit }),
    row: incidentRecorded,
  },
  /** One incident with all that happened to it. */
  incident: {
    args: z.object({ incident: id }),
    row: incidentRecorded.extend({ history: z.array(incidentHappening) }),
  },
  /** Open episodes by rule, incidents by state. */
  counts,
  /** What was to be mailed and what became of it, the newest first. */
  notifications: {
    args: z.object({ state: notificationState.optional(), from: realInstant.optional(), limit }),
    row: notification,
  },
};
