import type { Cluster } from './kafka-driver.ts';
import { isUnsettled, notYetKnown } from './kafka-faults.ts';

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

const MAX_FETCH_BYTES = 8 << 20;
const MAX_PARTITION_BYTES = 2 << 20;

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

/** What lies behind these offsets, in one request a broker; waits so long at most while there is nothing. */
export async function fetchFromAll(
  cluster: Cluster,
  from: readonly FetchFrom[],
  waitMs: number,
): Promise<readonly Fetched[]> {
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
    if (isUnsettled(error)) await cluster.refreshMetadata();
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
