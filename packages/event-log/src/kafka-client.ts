import { tryDoors } from './kafka-door.ts';
import {
  type Admin,
  type Cluster,
  CompressionTypes,
  ConfigResourceTypes,
  type Consumer,
  Kafka,
  logLevel,
  Partitioners,
  type Producer,
  type SASLOptions,
} from './kafka-driver.ts';
import { asFault, isUnknownTopic, notYetKnown, RETRIES, untilSettled } from './kafka-faults.ts';
import { type Fetched, type FetchFrom, fetchFromAll } from './kafka-fetch.ts';
import { clusterWithoutGroup, type GroupOptions, memberOf, whyNoCoordinator } from './kafka-group.ts';
import type { KafkaSettings } from './kafka-settings.ts';

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

/** Behind which offset what was sent to a partition ends. */
export interface SentTo {
  readonly topic: string;
  readonly partition: number;
  readonly end: number;
}

const REQUEST_MS = 30_000;

/** All that is asked of Kafka. Errors are Faults: `unavailable` while no broker answers, `invalid` where a setting or a right is wrong. */
export class KafkaClient {
  readonly #settings: KafkaSettings;
  readonly #kafka: InstanceType<typeof Kafka>;
  readonly #consumers = new Set<Consumer>();
  /** Until a broker has let us in once. */
  #door: Promise<void> | undefined;
  #admin: Promise<Admin> | undefined;
  #producer: Promise<Producer> | undefined;
  /** What reads without a group, by way of a consumer that never joins one. */
  #cluster: Promise<Cluster> | undefined;

  constructor(settings: KafkaSettings) {
    const { brokers, clientId, ssl, sasl } = settings;
    this.#settings = settings;
    this.#kafka = new Kafka({
      brokers: brokers.split(','),
      clientId,
      connectionTimeout: 5000,
      requestTimeout: REQUEST_MS,
      retry: RETRIES,
      logLevel: logLevel.NOTHING,
      ...(ssl !== undefined && { ssl: typeof ssl === 'boolean' ? ssl : { ...ssl, ca: ssl.ca ? [ssl.ca] : undefined } }),
      // a copy: the client keeps in it how to authenticate
      ...(sasl && { sasl: { ...sasl } as SASLOptions }),
    });
  }

  clusterId = () => this.#asAdmin(async (admin) => (await admin.describeCluster()).clusterId);

  /** As the broker has it then; one that another instance makes at the same time is no error. */
  async makeTopic({ name, partitions, replicationFactor, settings }: TopicShape, compared: readonly string[]) {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const topics = [{ topic: name, numPartitions: partitions, replicationFactor, configEntries }];
    await this.#asAdmin((admin) => admin.createTopics({ waitForLeaders: true, topics }), name);
    return untilSettled(async () => (await this.shapeOf(name, compared)) ?? notYetKnown(name)).catch((error) => {
      throw asFault(error, name);
    });
  }

  /** One that the account may not see is the Fault `invalid`; `listTopics` leaves it out. */
  isThere = (topic: string): Promise<boolean> =>
    this.#asAdmin(
      (admin) =>
        admin.fetchTopicMetadata({ topics: [topic] }).then(
          () => true,
          (error) => (isUnknownTopic(error) ? false : Promise.reject(error)),
        ),
      topic,
    );

  /** Undefined: there is none of that name. */
  async shapeOf(name: string, settings: readonly string[]): Promise<TopicShape | undefined> {
    if (!(await this.isThere(name))) return undefined;
    return this.#asAdmin(async (admin) => {
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
    }, name);
  }

  offsets = (topic: string): Promise<readonly Offsets[]> =>
    this.#asAdmin(async (admin) => offsetsOf(await admin.fetchTopicOffsets(topic)), topic);

  /** For each partition the offset of its first record appended at that time or later. */
  offsetsAt = (topic: string, time: number): Promise<readonly { partition: number; offset: number }[]> =>
    this.#asAdmin(async (admin) => {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, time);
      return found.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
    }, topic);

  deleteBefore = (topic: string, partitions: readonly { partition: number; offset: number }[]) =>
    this.#asAdmin((admin) => {
      const upTo = partitions.map(({ partition, offset }) => ({ partition, offset: `${offset}` }));
      return admin.deleteTopicRecords({ topic, partitions: upTo });
    }, topic);

  deleteTopics = (topics: readonly string[]) => this.#asAdmin((admin) => admin.deleteTopics({ topics: [...topics] }));
  listTopics = () => this.#asAdmin((admin) => admin.listTopics());

  /** Durable on all replicas in sync when it resolves; in the order given. */
  async send(
    topics: readonly { readonly topic: string; readonly records: readonly SentRecord[] }[],
  ): Promise<readonly SentTo[]> {
    try {
      this.#producer ??= this.#newProducer();
      const producer = await this.#producer;
      const answers = await untilSettled(() =>
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
      return answers.map(({ topicName: topic, partition, baseOffset }) => ({
        topic,
        partition,
        end: Number(baseOffset) + countOf(topics, topic, partition),
      }));
    } catch (error) {
      // after an error its sequence numbers may no longer be the broker's
      const producer = this.#producer;
      this.#producer = undefined;
      void producer?.then((one) => one.disconnect()).catch(() => {});
      throw asFault(error, ...topics.map(({ topic }) => topic));
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
      throw asFault(error, ...from.map(({ topic }) => topic));
    }
  }

  /** Joins a group for what it assigns; what is assigned is read by `fetch`. Answers how to leave. */
  async join(options: GroupOptions): Promise<() => Promise<void>> {
    const { consumer, run } = memberOf(this.#kafka, {
      ...options,
      onEnded: (error) => {
        this.#consumers.delete(consumer);
        options.onEnded(error);
      },
    });
    this.#consumers.add(consumer);
    const leave = async () => {
      this.#consumers.delete(consumer);
      await consumer.disconnect();
    };
    try {
      await this.#letIn();
      await run();
    } catch (error) {
      await leave().catch(() => {});
      throw asFault((await this.#whyNoMember(error, options.group)) ?? error, ...options.topics);
    }
    return leave;
  }

  async close(): Promise<void> {
    const open = [this.#admin, this.#producer, this.#cluster].map((one) => one?.then((each) => each.disconnect()));
    await Promise.allSettled([...open, ...[...this.#consumers].map((consumer) => consumer.disconnect())]);
  }

  async #asAdmin<Answer>(ask: (admin: Admin) => Promise<Answer>, ...topics: readonly string[]): Promise<Answer> {
    try {
      this.#admin ??= this.#connected(this.#kafka.admin());
      const admin = await this.#admin;
      return await untilSettled(() => ask(admin));
    } catch (error) {
      const admin = this.#admin;
      this.#admin = undefined;
      void admin?.then((one) => one.disconnect()).catch(() => {});
      throw asFault(error, ...topics);
    }
  }

  #newProducer(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      // several at once break its sequence
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: RETRIES,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    return this.#connected(producer);
  }

  async #connected<Client extends Admin | Producer>(client: Client): Promise<Client> {
    await this.#letIn();
    await client.connect();
    return client;
  }

  #letIn(): Promise<void> {
    this.#door ??= tryDoors(this.#settings).catch((error) => {
      this.#door = undefined;
      throw error;
    });
    return this.#door;
  }

  async #openCluster(): Promise<Cluster> {
    await this.#letIn();
    const cluster = clusterWithoutGroup(this.#kafka);
    await cluster.connect();
    return cluster;
  }

  /** The client says only that nobody coordinates the group, whatever the brokers answered. */
  async #whyNoMember(error: unknown, group: string): Promise<unknown> {
    if ((error as Error).name !== 'KafkaJSGroupCoordinatorNotFound') return undefined;
    this.#cluster ??= this.#openCluster();
    return this.#cluster.then((cluster) => whyNoCoordinator(cluster, group)).catch((reason) => reason);
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

const countOf = (
  sent: readonly { readonly topic: string; readonly records: readonly SentRecord[] }[],
  topic: string,
  partition: number,
): number =>
  sent.reduce(
    (sum, one) =>
      sum + (one.topic === topic ? one.records.filter((record) => record.partition === partition).length : 0),
    0,
  );
