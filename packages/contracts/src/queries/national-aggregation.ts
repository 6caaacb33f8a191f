import { z } from 'zod';
import { aggregateComputed } from '../aggregates.ts';
import { complianceDayEvaluated } from '../compliance.ts';
import { episodeRecorded, incidentRecorded } from '../episodes.ts';
import { observationSetChecked } from '../observations.ts';
import { realDay } from '../registers.ts';
import { directiveIssued } from '../replication.ts';
import { stationRecorded } from '../stations.ts';
import { id, instant, realInstant } from '../values.ts';
import { comparedRange, digestRow } from './ministry-sync.ts';

const limit = (most: number) => z.int().min(1).max(most).default(Math.min(most, 10_000));
const count = z.int().min(0);
const page = { after: id.optional(), limit: limit(10_000) };
/** Of one station in [from, to) by the records' own times. */
const ofStation = { node: id, station: id, from: realInstant, to: realInstant, limit: limit(100_000) };

/** Queries of national-aggregation. Every node is answered apart. */
export const nationalAggregationQueries = {
  /** Every enrolled node, and what is held of it. */
  nodes: {
    args: z.object({ node: id.optional() }),
    row: z.object({
      node: id,
      enrolledAt: instant,
      /** 0: nothing is held of it. */
      incarnation: count,
      size: count,
      root: z.string(),
      /** Records that the national copy shows already. */
      applied: count,
      /** Why the rest is not shown yet, where it fails; it is tried again. */
      applyProblem: z.string().nullable(),
      /** How far the node's own journal reaches, as it said last. */
      appended: count,
      lastSeen: instant.nullable(),
      state: z.enum(['connected', 'away', 'silent', 'stopped']),
      stopped: z.object({ code: z.string(), message: z.string() }).nullable(),
      /** How often something of it was refused. */
      refusals: count,
      /** How many versions came again with other bytes. */
      faults: count,
      version: z.string().nullable(),
      diskFree: count.nullable(),
      lateStations: count.nullable(),
      /** The node's clock less this one's, ms. */
      clockOffsetMs: z.int().nullable(),
      /** Directives issued, and up to which number the node has answered. */
      directives: count,
      answered: count,
    }),
  },
  /** Stations of a node as it recorded them last. */
  stations: { args: z.object({ node: id, station: id.optional(), ...page }), row: stationRecorded },
  sets: { args: z.object(ofStation), row: observationSetChecked },
  aggregates: { args: z.object({ ...ofStation, channel: id.optional() }), row: aggregateComputed },
  /** Those that were under way in the range. */
  episodes: {
    args: z.object({
      node: id,
      station: id.optional(),
      from: realInstant.optional(),
      to: realInstant.optional(),
      limit: limit(10_000),
    }),
    row: episodeRecorded,
  },
  /** Cases of the node that were opened in the range. */
  incidents: {
    args: z.object({ node: id, from: realInstant.optional(), to: realInstant.optional(), limit: limit(10_000) }),
    row: incidentRecorded,
  },
  /** Verdicts of days, both inclusive. */
  complianceDays: {
    args: z.object({ node: id, station: id.optional(), from: realDay, to: realDay, limit: limit(100_000) }),
    row: complianceDayEvaluated,
  },
  /** Cases of the national tier: nodes that are or were silent. */
  nationalIncidents: { args: z.object({ node: id.optional(), limit: limit(10_000) }), row: incidentRecorded },
  /** What the national copy compares with a node. */
  digests: { args: z.object({ node: id, ...comparedRange }), row: digestRow },
  /** Where the node, asked now, does not equal the national copy: by station, hour and topic. No row: they are equal. */
  differences: {
    args: z.object({ node: id, ...comparedRange }),
    row: z.object({
      ...digestRow.pick({ station: true, hour: true, collection: true }).shape,
      /** How many facts each side has there. */
      atNode: count,
      here: count,
    }),
  },
  /** Records that are stored and not shown: of a type that is not known here yet, or without identity. */
  held: {
    args: z.object({ node: id.optional(), limit: limit(10_000) }),
    row: z.object({
      node: id,
      journal: z.string(),
      type: z.string(),
      reason: z.enum(['type-unknown', 'unreadable']),
      records: count,
      first: count,
      last: count,
      message: z.string(),
    }),
  },
  /** Versions that came again with other bytes; the first ones stand. */
  faults: {
    args: z.object({ node: id.optional(), limit: limit(10_000) }),
    row: z.object({
      node: id,
      code: z.literal('VersionChanged'),
      collection: z.string(),
      key: z.string(),
      series: z.string(),
      time: z.int(),
      version: z.int(),
      /** Where the other bytes stand: journal and number. */
      journal: z.string(),
      number: count,
    }),
  },
  /** What was refused of a node's stream, how often. */
  refusals: {
    args: z.object({ node: id.optional(), limit: limit(10_000) }),
    row: z.object({
      node: z.string(),
      code: z.string(),
      message: z.string(),
      /** The number of the record that was expected or refused. */
      at: count,
      times: count,
      first: instant,
      last: instant,
    }),
  },
  /** What was sent down to a node, and its answer. */
  directives: {
    args: z.object({ node: id, limit: limit(10_000) }),
    row: z.object({
      ...directiveIssued.shape,
      state: z.enum(['issued', 'carried-out', 'refused']),
      refused: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  },
  /** Where nodes connect to. */
  addresses: { args: z.object({}), row: z.object({ address: z.string(), tls: z.boolean() }) },
};
