interface Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly meaning: string;
  readonly labels: readonly string[];
}

/** Every metric that `/metrics` tells: none stands anywhere else. Units are in the names; labels are few and bounded. */
export const metrics = {
  ready: {
    name: 'quantrac_ready',
    kind: 'gauge',
    meaning: '1: the service can do its work; 0: /ready says what it lacks',
    labels: ['service'],
  },
  serverReady: {
    name: 'quantrac_server_ready',
    kind: 'gauge',
    meaning: '1: the server (Kafka, MongoDB) answers the service',
    labels: ['service', 'server'],
  },
  groupActive: {
    name: 'quantrac_consumer_active',
    kind: 'gauge',
    meaning: '1: the group has partitions here; 0: it stands by',
    labels: ['service', 'group'],
  },
  lag: {
    name: 'quantrac_consumer_lag_records',
    kind: 'gauge',
    meaning: 'records of a topic that the group has not taken yet, of the partitions that it has here',
    labels: ['service', 'group', 'topic'],
  },
  contradicted: {
    name: 'quantrac_contradicted_versions',
    kind: 'gauge',
    meaning: 'versions since the start that came again with other bytes',
    labels: ['service', 'group'],
  },
  outboxAge: {
    name: 'quantrac_outbox_age_seconds',
    kind: 'gauge',
    meaning: 'how long the oldest committed and not yet published result has waited, at most; 0: none waits',
    labels: ['service', 'outbox'],
  },
  journalAppended: {
    name: 'quantrac_journal_appended_records',
    kind: 'gauge',
    meaning: "size of the node's newest journal",
    labels: ['service'],
  },
  journalAcknowledged: {
    name: 'quantrac_journal_acknowledged_records',
    kind: 'gauge',
    meaning: 'how much of it is durable at the ministry',
    labels: ['service'],
  },
  memory: { name: 'process_resident_memory_bytes', kind: 'gauge', meaning: 'resident memory', labels: [] },
  heap: { name: 'nodejs_heap_used_bytes', kind: 'gauge', meaning: 'heap in use', labels: [] },
  eventLoopDelay: {
    name: 'nodejs_eventloop_delay_seconds',
    kind: 'gauge',
    meaning: 'how late the event loop was since the last scrape, by quantile (0.5, 0.99, 1)',
    labels: ['quantile'],
  },
  batch: {
    name: 'quantrac_batch_seconds',
    kind: 'histogram',
    meaning: 'time to take a batch whole: decide, commit, do',
    labels: ['service', 'group'],
  },
  records: {
    name: 'quantrac_records_total',
    kind: 'counter',
    meaning: 'records by what became of them: taken, repeat, failed',
    labels: ['service', 'group', 'outcome'],
  },
  batchesFailed: {
    name: 'quantrac_failed_batches_total',
    kind: 'counter',
    meaning: 'batches that could not be taken and came again: a server was away, or a bug',
    labels: ['service', 'group'],
  },
  rejected: {
    name: 'quantrac_rejected_records_total',
    kind: 'counter',
    meaning: 'records that were set aside, unreadable ones among them',
    labels: ['service', 'group'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

type Named<Kind> = { [Name in keyof typeof metrics]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never };
export type GaugeName = Named<'gauge'>[keyof typeof metrics];
export type CounterName = Named<'counter'>[keyof typeof metrics];

/** What a gauge shows at a moment. */
export interface Measure {
  readonly metric: GaugeName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asked when metrics are, and every few seconds at most. */
export type Measures = () => Promise<readonly Measure[]>;
