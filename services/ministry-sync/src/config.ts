import { topicNamed, topics } from '@quantrac/contracts';
import { topicOfType } from '@quantrac/contracts/identity';
import { instant } from '@quantrac/contracts/values';
import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

const rule = z
  .object({
    /** From when on it holds, by when records became known; null: since ever. */
    from: instant.nullable().default(null),
    /** By topic, the types of its records that go into the journal. */
    records: z.record(z.string(), z.array(z.string()).min(1)),
  })
  .superRefine(({ records }, context) => {
    for (const [topic, types] of Object.entries(records)) {
      const declared = topicNamed(topic);
      if (!declared?.public) context.addIssue({ code: 'custom', message: `${topic} is no public topic` });
      for (const type of types)
        if (!declared?.records[type] || (topicOfType(type) ?? declared) !== declared)
          context.addIssue({ code: 'custom', message: `${type} is not forwarded from ${topic}` });
    }
  });

const everythingThatCounts = {
  from: null,
  records: {
    [topics.stations.name]: ['StationRecorded'],
    [topics.observationsChecked.name]: ['ObservationSetChecked'],
    [topics.aggregates.name]: ['AggregateComputed'],
    [topics.reviews.name]: ['ReviewRecorded'],
    [topics.limits.name]: ['LimitsRecorded'],
    [topics.compliance.name]: ['ComplianceDayEvaluated'],
    [topics.episodes.name]: ['EpisodeRecorded'],
    [topics.incidents.name]: ['IncidentRecorded'],
  },
};

/** Settings of ministry-sync; each has a default, so that a data folder is enough. */
export const ministrySyncSettings = commonSettings
  .extend({
    /** `host:port` or `unix:<socket>` of the national tier; undefined: the journal grows and waits. */
    ministry: z
      .string()
      .regex(/^(unix:.+|\[[0-9a-fA-F:]+\]:\d+|[^:/\s]+:\d+)$/, 'write host:port or unix:<socket>')
      .optional(),
    /** PEM files: who vouches for the ministry (undefined: those whom the operating system trusts), and who this node is. */
    ministryCa: z.string().optional(),
    nodeCertificate: z.string().optional(),
    nodeKey: z.string().optional(),
    heartbeatMs: z.int().min(100).default(60_000),
    /** A block of the journal has at most so many records. */
    blockRecords: z.int().min(1).max(1000).default(500),
    /** After a block that is not half full the next one gathers for so long. */
    gatherMs: z.int().min(0).max(10_000).default(100),
    /** Blocks that are sent and not acknowledged. */
    windowBlocks: z.int().min(1).max(64).default(16),
    /** What goes to the ministry; dated. */
    policy: z.array(rule).min(1).default([everythingThatCounts]),
  })
  .refine(({ nodeCertificate, nodeKey }) => (nodeCertificate === undefined) === (nodeKey === undefined), {
    path: ['nodeKey'],
    message: 'a certificate and its key go together: set both or none',
  });
export type MinistrySyncSettings = z.infer<typeof ministrySyncSettings>;
