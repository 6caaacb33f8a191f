import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { Fault } from '@quantrac/event-sourcing';
import kafkajs, { type Admin, type Cluster, type Consumer, type Producer, type SASLOptions } from 'kafkajs';

export interface KafkaSettings {
  /** `host:port`, with commas between them. */
  readonly brokers: string;
  readonly clientId: string;
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | boolean;
  readonly sasl?: {
    readonly mechanism: 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** A topic as the broker has it. */
export interface TopicShape {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** By the broker's names: `retention.ms`. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Offsets {
  readonly partition: number;
  /** Of the first kept record, and behind the newest one. */
  readonly low: number;
  readonly high: number;
}

export interface SentRecord {
  readonly partition: number;
  readonly key: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

export interface FetchedRecord {
  readonly offset: number;
  readonly appendedAt: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

export interface FetchFrom {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Records of a partition, or that the broker does not have the offset. */
export type Fetched = FetchFrom & { readonly records: readonly FetchedRecord[]; readonly outOfRange?: true };

/** By topic, the partitions that a member has got. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

export interface GroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionMs: number;
  readonly onAssigned: (assignment: Assignment) => void;
  /** The group shares out anew, or the member was left out: nothing is its own until it is told again. */
  readonly onRevoked: (error?: Error) => void;
  /** The broker has confirmed that the member is one. */
  readonly onConfirmed: () => void;
}

const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, AssignerProtocol, logLevel } = kafkajs;
const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) =>
    compress(buffer, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  decompress: (buffer: Buffer) => decompress(buffer),
});

const REQUEST_MS = 30_000;
const RETRIES = { retries: 4, initialRetryTime: 100, maxRetryTime: 2000 };
const MAX_FETCH_BYTES = 8 << 20;
const MAX_PARTITION_BYTES = 2 << 20;
const ASSIGNER = 'quantrac-by-number';

/** All that is asked of Kafka; the only file that knows its client. Errors are Faults: `unavailable` while no broker answers. */
export class KafkaClient {
  readonly #kafka: InstanceType<typeof Kafka>;
  readonly #consumers = new Set<Consumer>();
  #admin: Promise<Admin> | undefined;
  #producer: Promise<Producer> | undefined;
  /** What reads without a group, by way of a consumer that never joins one. */
  #cluster: Promise<Cluster> | undefined;

  constructor({ brokers, clientId, ssl, sasl }: KafkaSettings) {
    this.#kafka = new Kafka({
      brokers: brokers.split(','),
      clientId,
      connectionTimeout: 5000,
      requestTimeout: REQUEST_MS,
      retry: RETRIES,
      logLevel: logLevel.NOTHING,
      ...(ssl !== undefined && { ssl: typeof ssl === 'boolean' ? ssl : { ...ssl, ca: ssl.ca ? [ssl.ca] : undefined } }),
      ...(sasl && { sasl: sasl as SASLOptions }),
    });
  }

  clusterId = () => this.#asAdmin(async (admin) => (await admin.describeCluster()).clusterId);

  /** As the broker has it then; one that another instance makes at the same time is no error. */
  async makeTopic({ name, partitions, replicationFactor, settings }: TopicShape, compared: readonly string[]) {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const topics = [{ topic: name, numPartitions: partitions, replicationFactor, configEntries }];
    await this.#asAdmin((admin) => admin.createTopics({ waitForLeaders: true, topics }));
    return untilSettled(async () => (await this.shapeOf(name, compared)) ?? notYetKnown(name));
  }

  /** Undefined: there is none of that name. */
  shapeOf = (name: string, settings: readonly string[]): Promise<TopicShape | undefined> =>
    this.#asAdmin(async (admin) => {
      if (!(await admin.listTopics()).includes(name)) return undefined;
      const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
      const { partitions } = topics.find((topic) => topic.name === name) ?? notYetKnown(name);
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: [...settings] }],
      });
      const entries = resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]);
      return {
        name,
        partitions: partitions.length,
        replicationFactor: partitions[0]!.replicas.length,
        settings: Object.fromEntries(entries),
      };
    });

  offsets = (topic: string): Promise<readonly Offsets[]> =>
    this.#asAdmin(async (admin) => offsetsOf(await admin.fetchTopicOffsets(topic)));

  /** For each partition the offset of its first record appended at that time or later. */
  offsetsAt = (topic: string, time: number): Promise<readonly { partition: number; offset: number }[]> =>
    this.#asAdmin(async (admin) =>
      (await admin.fetchTopicOffsetsByTimestamp(topic, time)).map(({ partition, offset }) => ({
        partition,
        offset: Number(offset),
      })),
    );

  deleteBefore = (topic: string, partitions: readonly { partition: number; offset: number }[]) =>
    this.#asAdmin((admin) =>
      admin.deleteTopicRecords({
        topic,
        partitions: partitions.map(({ partition, offset }) => ({ partition, offset: `${offset}` })),
      }),
    );

  deleteTopics = (topics: readonly string[]) => this.#asAdmin((admin) => admin.deleteTopics({ topics: [...topics] }));
  listTopics = () => this.#asAdmin((admin) => admin.listTopics());

  /** Durable on all replicas in sync when it resolves; in the order given. */
  async send(topics: readonly { readonly topic: string; readonly records: readonly SentRecord[] }[]): Promise<void> {
    try {
      this.#producer ??= this.#newProducer();
      const producer = await this.#producer;
      await untilSettled(() =>
        producer.sendBatch({
          acks: -1,
          compression: CompressionTypes.ZSTD,
          topicMessages: topics.map(({ topic, records }) => ({
            topic,
            messages: records.map(({ key, value, ...record }) => ({
              ...record,
              key: Buffer.from(key.buffer, key.byteOffset, key.byteLength),
              value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
            })),
          })),
        }),
      );
    } catch (error) {
      // after an error its sequence numbers may no longer be the broker's
      const producer = this.#producer;
      this.#producer = undefined;
      void producer?.then((one) => one.disconnect()).catch(() => {});
      throw asFault(error);
    }
  }

  /** What lies behind these offsets, in one request a broker; waits so long at most while there is nothing. */
  async fetch(from: readonly FetchFrom[], waitMs: number): Promise<readonly Fetched[]> {
    try {
      this.#cluster ??= this.#openCluster();
      const cluster = await this.#cluster;
      return await untilSettled(() => fetchFromAll(cluster, from, waitMs));
    } catch (error) {
      this.#forgetCluster();
      throw asFault(error);
    }
  }

  /** Joins a group for what it assigns, and for nothing else: what is assigned is read by `fetch`. Answers how to leave. */
  async join({
    group,
    topics,
    sessionMs,
    onAssigned,
    onRevoked,
    onConfirmed,
  }: GroupOptions): Promise<() => Promise<void>> {
    const consumer = this.#kafka.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.min(3000, sessionMs / 4),
      rebalanceTimeout: 60_000,
      maxWaitTimeInMs: Math.min(250, sessionMs / 8),
      allowAutoTopicCreation: false,
      partitionAssigners: [({ cluster }) => byNumber(cluster)],
      retry: { ...RETRIES, restartOnFailure: async () => true },
    });
    this.#consumers.add(consumer);
    const { GROUP_JOIN, REBALANCING, HEARTBEAT, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      // its own fetching rests, so that its loop does no more than keep the membership
      consumer.pause(Object.entries(memberAssignment).map(([topic, partitions]) => ({ topic, partitions })));
      onAssigned(memberAssignment);
    });
    consumer.on(HEARTBEAT, onConfirmed);
    consumer.on(REBALANCING, () => onRevoked());
    consumer.on(CRASH, ({ payload: { error } }) => onRevoked(error));
    const leave = async () => {
      this.#consumers.delete(consumer);
      await consumer.disconnect();
    };
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
    } catch (error) {
      await leave().catch(() => {});
      throw asFault(error);
    }
    return leave;
  }

  async close(): Promise<void> {
    const open = [this.#admin, this.#producer, this.#cluster].map((one) => one?.then((each) => each.disconnect()));
    await Promise.allSettled([...open, ...[...this.#consumers].map((consumer) => consumer.disconnect())]);
  }

  async #asAdmin<Answer>(ask: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    try {
      this.#admin ??= this.#connected(this.#kafka.admin());
      const admin = await this.#admin;
      return await untilSettled(() => ask(admin));
    } catch (error) {
      const admin = this.#admin;
      this.#admin = undefined;
      void admin?.then((one) => one.disconnect()).catch(() => {});
      throw asFault(error);
    }
  }

  #newProducer(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      // several at once break its sequence
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: RETRIES,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    return this.#connected(producer);
  }

  async #connected<Client extends Admin | Producer>(client: Client): Promise<Client> {
    await client.connect();
    return client;
  }

  async #openCluster(): Promise<Cluster> {
    let opened: Cluster | undefined;
    const groupId = 'quantrac-reads-without-a-group';
    this.#kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      partitionAssigners: [
        ({ cluster }) => {
          opened = cluster;
          return byNumber(cluster);
        },
      ],
    });
    await opened!.connect();
    return opened!;
  }

  #forgetCluster(): void {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    void cluster?.then((one) => one.disconnect()).catch(() => {});
  }
}

const offsetsOf = (found: readonly { partition: number; low: string; high: string }[]): readonly Offsets[] =>
  found
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);

/** A partition number of all topics goes to one member. */
const byNumber = (cluster: Cluster): ReturnType<typeof kafkajs.PartitionAssigners.roundRobin> => ({
  name: ASSIGNER,
  version: 1,
  protocol: ({ topics }) => ({
    name: ASSIGNER,
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
  }),
  async assign({ members, topics }) {
    const sorted = members.map(({ memberId }) => memberId).sort();
    const shares = sorted.map((): Record<string, number[]> => ({}));
    for (const topic of topics)
      for (const { partitionId } of cluster.findTopicPartitionMetadata(topic)) {
        const share = shares[partitionId % sorted.length]!;
        share[topic] = [...(share[topic] ?? []), partitionId];
      }
    return sorted.map((memberId, at) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 1,
        assignment: shares[at]!,
        userData: Buffer.alloc(0),
      }),
    }));
  },
});

interface RawMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer>>;
  readonly isControlRecord?: boolean;
}

interface RawResponse {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly RawMessage[] }[];
  }[];
}

async function fetchFromAll(cluster: Cluster, from: readonly FetchFrom[], waitMs: number): Promise<readonly Fetched[]> {
  await cluster.addMultipleTargetTopics([...new Set(from.map(({ topic }) => topic))]);
  await cluster.refreshMetadataIfNecessary();
  try {
    const byBroker = new Map<string, FetchFrom[]>();
    for (const one of from) {
      const [leader] = Object.keys(cluster.findLeaderForPartitions(one.topic, [one.partition]));
      if (leader === undefined) notYetKnown(one.topic);
      byBroker.set(leader, [...(byBroker.get(leader) ?? []), one]);
    }
    return (await Promise.all([...byBroker].map(([id, asked]) => fetchFrom(cluster, id, asked, waitMs)))).flat();
  } catch (error) {
    if (unsettled.includes((error as { type?: string }).type ?? '')) await cluster.refreshMetadata();
    throw error;
  }
}

async function fetchFrom(
  cluster: Cluster,
  nodeId: string,
  asked: readonly FetchFrom[],
  waitMs: number,
): Promise<Fetched[]> {
  const broker = await cluster.findBroker({ nodeId });
  const topics = Object.entries(Object.groupBy(asked, ({ topic }) => topic)).map(([topic, partitions = []]) => ({
    topic,
    partitions: partitions.map(({ partition, offset }) => ({
      partition,
      fetchOffset: `${offset}`,
      maxBytes: MAX_PARTITION_BYTES,
    })),
  }));
  try {
    const { responses }: RawResponse = await broker.fetch({
      isolationLevel: 1,
      maxWaitTime: waitMs,
      minBytes: 1,
      maxBytes: MAX_FETCH_BYTES,
      topics,
    });
    // a topic stands in the answer as often as the client has cut it up
    const found = new Map(
      responses.flatMap(({ topicName, partitions }) =>
        partitions.map(({ partition, messages }) => [`${topicName}/${partition}`, messages] as const),
      ),
    );
    return asked.map((from) => {
      const messages = found.get(`${from.topic}/${from.partition}`) ?? [];
      return { ...from, records: messages.flatMap((message) => fetchedOf(message, from.offset)) };
    });
  } catch (error) {
    const { topic, partition } = error as { topic?: string; partition?: number };
    if ((error as { type?: string }).type !== 'OFFSET_OUT_OF_RANGE') throw error;
    const isIt = (one: FetchFrom) => one.topic === topic && one.partition === partition;
    const rest = asked.filter((one) => !isIt(one));
    const lost = asked.filter(isIt).map((one) => ({ ...one, records: [], outOfRange: true as const }));
    if (lost.length === 0) throw error;
    return [...lost, ...(rest.length > 0 ? await fetchFrom(cluster, nodeId, rest, 0) : [])];
  }
}

/** A batch that the broker gives whole may begin before what was asked for. */
function fetchedOf(
  { offset, timestamp, key, value, headers = {}, isControlRecord }: RawMessage,
  from: number,
): FetchedRecord[] {
  if (isControlRecord || Number(offset) < from) return [];
  const texts: Record<string, string> = {};
  for (const name in headers) texts[name] = headers[name]!.toString('utf8');
  return [
    {
      offset: Number(offset),
      appendedAt: Number(timestamp),
      key: key?.toString('utf8') ?? '',
      headers: texts,
      value: value ?? Buffer.alloc(0),
    },
  ];
}

const unsettled = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'];
const SETTLES_WITHIN_MS = 5000;

function notYetKnown(topic: string): never {
  throw Object.assign(new Error(`${topic} is not known yet`), { type: unsettled[0] });
}

/** A topic that was made, or a leader that was chosen, is known to every broker only a moment later. */
async function untilSettled<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const until = performance.now() + SETTLES_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const { type } = error as { type?: string };
      if (!unsettled.includes(type ?? '') || performance.now() > until) throw error;
      await sleep(50);
    }
  }
}

/** What a caller can do something about; anything else as it is. */
function asFault(error: unknown): unknown {
  const { name = '', message = '', type = '' } = error as { name?: string; message?: string; type?: string };
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED')
    return Fault.invalid('KafkaRefused', 'Kafka refuses the account: see its name and password');
  if (/certificate|self-signed|SSL|TLS/i.test(message) && name.startsWith('KafkaJSConnection'))
    return Fault.invalid('KafkaCertificateWrong', `Kafka cannot be reached safely (${message}): see the certificates`);
  if (name.startsWith('KafkaJS') && !(error instanceof Fault))
    return Fault.unavailable('KafkaAway', `Kafka does not answer (${message}): see the brokers`, error);
  return error;
}
