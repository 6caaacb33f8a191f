import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Settings of alerting; each has a default, so that a data folder is enough. Without `smtpHost` no mail is sent. */
export const alertingSettings = commonSettings
  .extend({
    /** Two members of an episode lie at most so many periods apart. */
    episodeGapPeriods: z.int().min(1).max(24).default(3),
    /** So many failed readings in a row are a technical fault. */
    technicalFaultReadings: z.int().min(1).max(100).default(3),
    /** More of a day's readings under status 01 or 02 are an episode, per cent. */
    statusSharePercent: z.int().min(1).max(99).default(25),
    /** Beyond its schedule and delivery interval a station may be late by this (Envisoft: offline after 15 min of a 5 min cycle). */
    outageGraceMs: z
      .int()
      .min(0)
      .default(5 * MINUTE_MS),
    /** A longer outage is to be reported (Điều 39 and 40 TT 10/2021). */
    reportableAfterMs: z
      .int()
      .min(MINUTE_MS)
      .default(12 * HOUR_MS),
    /** What becomes known so long after its end is told in a digest. */
    backfilledAfterMs: z.int().min(0).default(HOUR_MS),
    /** So many stations without data are one incident ... */
    joinOutagesFrom: z.int().min(2).default(3),
    /** ... where their outages began within this time of the first. */
    joinOutagesWithinMs: z
      .int()
      .min(0)
      .default(10 * MINUTE_MS),
    /** A live alarm that could not be sent within this time leaves in the digest. */
    notificationExpiresMs: z
      .int()
      .min(MINUTE_MS)
      .default(6 * HOUR_MS),
    /** How long a digest waits for more. */
    digestAfterMs: z
      .int()
      .min(0)
      .default(15 * MINUTE_MS),
    /** Nothing older is told at all. */
    digestReachMs: z
      .int()
      .min(HOUR_MS)
      .default(7 * 24 * HOUR_MS),
    smtpHost: z.string().min(1).optional(),
    smtpPort: z.int().min(1).max(65_535).default(587),
    /** TLS from the first byte; otherwise by STARTTLS where the server offers it. */
    smtpSecure: z.boolean().default(false),
    smtpUser: z.string().optional(),
    smtpPassword: z.string().optional(),
    mailFrom: z.email().optional(),
    mailTo: z.array(z.email()).default([]),
  })
  .refine(({ smtpHost, mailFrom }) => !smtpHost || mailFrom !== undefined, {
    path: ['mailFrom'],
    message: 'name a sender, or leave smtpHost out',
  })
  .refine(({ smtpHost, mailTo }) => !smtpHost || mailTo.length > 0, {
    path: ['mailTo'],
    message: 'name who gets the mail, or leave smtpHost out',
  });
export type AlertingSettings = z.infer<typeof alertingSettings>;
