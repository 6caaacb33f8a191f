import { Fault } from '@quantrac/event-sourcing';
import type { Topic } from './event-log.ts';
import type { KafkaClient, TopicShape } from './kafka-client.ts';

export interface KafkaTopicOptions {
  readonly client: KafkaClient;
  /** What the names of topics and groups begin with on the broker, so that nodes may share one. */
  readonly prefix: string;
  /** Of topics that are made. */
  readonly replicationFactor: number;
  /** A topic has settings that change no result and are not those declared: it stays as it is. */
  readonly onDifference?: (sentence: string) => void;
}

const DAY_MS = 86_400_000;
/** A value of 1 MB with its headers, and what is sent together. */
const MAX_MESSAGE_BYTES = 4 << 20;

/** Whoever stands still on these would get other results. */
const decisive = ['cleanup.policy', 'message.timestamp.type'];

const shapeOf = ({ prefix, replicationFactor }: KafkaTopicOptions, topic: Topic): TopicShape => ({
  name: `${prefix}${topic.name}`,
  partitions: topic.partitions,
  replicationFactor,
  settings: {
    'cleanup.policy': topic.compacted ? 'compact' : 'delete',
    // back-filled records would be deleted at once by a time of their own
    'message.timestamp.type': 'LogAppendTime',
    'retention.ms': topic.compacted ? '-1' : `${Math.round(topic.retentionDays * DAY_MS)}`,
    'max.message.bytes': `${MAX_MESSAGE_BYTES}`,
    // what one broker alone acknowledges must outlive a power cut; several keep it for each other
    ...(replicationFactor === 1 && { 'flush.messages': '1' }),
  },
});

/** A service's topics on the broker: made as they are declared, and compared with what is there. */
export class KafkaTopics {
  readonly #made = new Map<string, Promise<void>>();

  constructor(readonly options: KafkaTopicOptions) {}

  nameOf = ({ name }: Topic): string => `${this.options.prefix}${name}`;

  /**
   * Makes the topic if it is not there. Throws the Fault `invalid` where another number of partitions, kind of time or cleanup policy
   * stands, since these change results.
   */
  make(topic: Topic): Promise<void> {
    const made = this.#made.get(topic.name) ?? this.#make(topic);
    this.#made.set(topic.name, made);
    made.catch(() => this.#made.delete(topic.name));
    return made.then(() => refuseOther(topic, topic.partitions, this.#partitions.get(topic.name)!));
  }

  /** Whether its producer has made it. */
  async isMade(topic: Topic): Promise<boolean> {
    const name = this.nameOf(topic);
    if (!this.#seen.has(name) && (await this.options.client.isThere(name))) this.#seen.add(name);
    return this.#seen.has(name);
  }

  /** By topic, as they stand. */
  readonly #partitions = new Map<string, number>();
  readonly #seen = new Set<string>();

  async #make(topic: Topic): Promise<void> {
    const { client, onDifference } = this.options;
    const wanted = shapeOf(this.options, topic);
    const names = Object.keys(wanted.settings);
    const found = (await client.shapeOf(wanted.name, names)) ?? (await client.makeTopic(wanted, names));
    this.#partitions.set(topic.name, found.partitions);
    refuseOther(topic, wanted.partitions, found.partitions);
    for (const name of names) {
      const [declared, stands] = [wanted.settings[name], found.settings[name]];
      if (declared === stands) continue;
      const sentence = `topic ${wanted.name} has ${name}=${stands}, not ${declared}`;
      if (decisive.includes(name)) throw Fault.invalid('TopicChanged', `${sentence}: set it, or publish a new version`);
      onDifference?.(`${sentence}: it stays so until you set it`);
    }
  }
}

function refuseOther(topic: Topic, declared: number, found: number): void {
  if (declared === found) return;
  throw Fault.invalid(
    'TopicChanged',
    `${topic.name} has ${found} partitions, not ${declared}: publish a new version of it`,
  );
}
