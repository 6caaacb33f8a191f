import { z } from 'zod';
import { lifecycle, stationKind, stationRecorded } from '../stations.ts';
import { id, instant, realInstant } from '../values.ts';
import { counts } from './counts.ts';

const page = (most: number) => ({
  /** Rows behind this id only, to go on from the last answer. */
  after: id.optional(),
  limit: z.int().min(1).max(most).default(most),
});

/** Queries of the station registry. */
export const stationRegistryQueries = {
  /** Stations by id, whole. `asOf`: as they were known at an instant. */
  stations: {
    args: z.object({
      station: id.optional(),
      kind: stationKind.optional(),
      lifecycle: lifecycle.optional(),
      asOf: realInstant.optional(),
      ...page(10_000),
    }),
    row: stationRecorded,
  },
  /** Stations by lifecycle. */
  counts,
  /** What happened to a station, from its first event; `after` is a version. */
  stationHistory: {
    args: z.object({ station: id, after: z.int().min(0).default(0), limit: z.int().min(1).max(10_000).default(1000) }),
    row: z.object({ version: z.int().min(1), at: instant, event: z.string(), data: z.record(z.string(), z.unknown()) }),
  },
  /** Upload accounts by name, without any secret. `station`: those that may upload for it. */
  accounts: {
    args: z.object({ account: id.optional(), station: id.optional(), ...page(10_000) }),
    row: z.object({
      account: id,
      name: z.string(),
      plainFtp: z.boolean(),
      revoked: z.object({ at: instant, reason: z.string() }).nullable(),
      stations: z.array(id),
      passwordSetAt: instant,
      /** Until when the password before is valid too; null: there is none. */
      oldPasswordUntil: instant.nullable(),
    }),
  },
  /** A CSV file piece by piece: the texts of the rows, joined, are the file. */
  exportStations: {
    args: z.object({
      station: id.optional(),
      kind: stationKind.optional(),
      /** What Excel expects depends on its language: `;` in Vietnamese. */
      separator: z.enum([';', ',']).default(';'),
    }),
    row: z.object({ text: z.string() }),
  },
};
