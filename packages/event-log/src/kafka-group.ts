import {
  type Assigner,
  type Cluster,
  type Consumer,
  type Kafka,
  MemberAssignment,
  MemberMetadata,
} from './kafka-driver.ts';
import { asFault, RETRIES } from './kafka-faults.ts';

/** By topic, the partitions that a member has got. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

export interface GroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionMs: number;
  readonly onAssigned: (assignment: Assignment) => void;
  /** The group shares out anew, or the member was left out: nothing is its own until it is told again. */
  readonly onRevoked: (error?: unknown) => void;
  /** It is no member any more, and will not be one before it joins anew. */
  readonly onEnded: (error: unknown) => void;
  /** The broker has confirmed that the member is one. */
  readonly onConfirmed: () => void;
}

const ASSIGNER = 'quantrac-by-number';

/** A member of a group for what it is assigned, and for nothing else: its own fetching rests, so that its loop only keeps the membership. */
export function memberOf(
  kafka: InstanceType<typeof Kafka>,
  { group, topics, sessionMs, onAssigned, onRevoked, onEnded, onConfirmed }: GroupOptions,
): { readonly consumer: Consumer; readonly run: () => Promise<void> } {
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: sessionMs,
    heartbeatInterval: Math.min(3000, sessionMs / 4),
    rebalanceTimeout: 60_000,
    maxWaitTimeInMs: Math.min(250, sessionMs / 8),
    allowAutoTopicCreation: false,
    partitionAssigners: [({ cluster }) => byNumber(cluster)],
    retry: { ...RETRIES, restartOnFailure: async () => true },
  });
  const { GROUP_JOIN, REBALANCING, HEARTBEAT, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    consumer.pause(Object.entries(memberAssignment).map(([topic, partitions]) => ({ topic, partitions })));
    onAssigned(memberAssignment);
  });
  consumer.on(HEARTBEAT, onConfirmed);
  consumer.on(REBALANCING, () => onRevoked());
  let [isMember, failed]: [boolean, Error | undefined] = [false, undefined];
  consumer.on(CRASH, ({ payload: { error, restart } }) => {
    if (restart) onRevoked(asFault(error, ...topics));
    else if (isMember) onEnded(asFault(error, ...topics));
    else failed = error;
  });
  const run = async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
    // the client tells a join that failed as an end
    if (failed) throw failed;
    isMember = true;
  };
  return { consumer, run };
}

/** What reads without a group, by way of a consumer that never joins one. */
export function clusterWithoutGroup(kafka: InstanceType<typeof Kafka>): Cluster {
  let made: Cluster | undefined;
  kafka.consumer({
    groupId: 'quantrac-reads-without-a-group',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        made = cluster;
        return byNumber(cluster);
      },
    ],
  });
  return made!;
}

/** Throws what a broker has against the group; resolves when it has nothing. */
export async function whyNoCoordinator(cluster: Cluster, group: string): Promise<undefined> {
  await cluster.refreshMetadataIfNecessary();
  const broker = await cluster.findBroker({ nodeId: `${cluster.getNodeIds()[0]}` });
  await broker.describeGroups({ groupIds: [group] });
}

/** A partition number of all topics goes to one member. */
const byNumber = (cluster: Cluster): Assigner => ({
  name: ASSIGNER,
  version: 1,
  protocol: ({ topics }) => ({
    name: ASSIGNER,
    metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
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
      memberAssignment: MemberAssignment.encode({
        version: 1,
        assignment: shares[at]!,
        userData: Buffer.alloc(0),
      }),
    }));
  },
});
