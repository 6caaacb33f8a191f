import { type RecordReplayed, replayedTopic, type TopicDeclaration } from '@quantrac/contracts';
import type { RejectedReplayed, ReplayRejected } from '@quantrac/contracts/commands/rejected';
import { commandHandler, type Decider, Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { cellOf, type Relay } from '@quantrac/stream-processing';
import type { CommandContext } from './definition.ts';
import { ownHeaders, type SetAside } from './set-aside.ts';

interface ReplayEvent {
  readonly type: 'RecordReplayed';
  readonly data: RecordReplayed;
}

/** The records of one key that a group was handed again, each once: what fails again is set aside under another id. */
const replays: Decider<ReadonlySet<string>, RecordReplayed, ReplayEvent> = {
  initial: new Set(),
  decide: (data, known) => (known.has(data.id) ? [] : [{ type: 'RecordReplayed', data }]),
  evolve: (known, { data }) => new Set(known).add(data.id),
};

const streamsOf = (group: string): string => `replays/${group}/`;
const streamOf = (group: string, key: string): string => `${streamsOf(group)}${key}`;
const topicOf = ({ record }: SetAside): string => record.headers.quantrac_topic ?? '';
const keyOf = (aside: SetAside): string => cellOf(topicOf(aside), aside.record);

/** The commit hands a record over; that it is published is certain then, in the order of the commits. */
export const replaysRelay = (group: string, producer: string): Relay => ({
  name: `replays-${group}`,
  topic: replayedTopic(group, producer),
  streamPrefix: streamsOf(group),
  record({ events }) {
    const { type, data } = events.at(-1) as ReplayEvent;
    return { key: data.key, type, knownAt: Date.parse(data.at), data };
  },
});

/** Whether records of a group were replayed; each key is read once. */
export function replayedIn(group: string, events: EventStore): (aside: SetAside) => Promise<boolean> {
  const known = new Map<string, ReadonlySet<string>>();
  return async (aside) => {
    const key = keyOf(aside);
    const ids = known.get(key) ?? fold(replays, (await events.read<ReplayEvent>(streamOf(group, key))).events);
    known.set(key, ids);
    return ids.has(aside.id);
  };
}

export interface ReplayOptions {
  readonly events: EventStore;
  /** Groups that can be handed something. */
  readonly fed: readonly string[];
  /** By group, where it sets aside. */
  readonly topics: () => ReadonlyMap<string, TopicDeclaration>;
  readonly setAside: (topic: TopicDeclaration) => AsyncIterable<SetAside>;
}

const MOST_AT_ONCE = 500;

/** Hands records over in the order in which they were set aside. */
export function replay({ events, fed, topics, setAside }: ReplayOptions) {
  const handle = commandHandler(replays, events.streams<ReplayEvent>());
  return async ({ group, which }: ReplayRejected, context: CommandContext): Promise<RejectedReplayed> => {
    const topic = topics().get(group);
    if (!topic) throw Fault.notFound('GroupUnknown', `no group is called ${group}: list what was set aside`);
    if (!fed.includes(group)) throw takesNothingAgain(group);
    const { chosen, left } = Array.isArray(which)
      ? await named(which, setAside(topic), group)
      : await waiting(which.upTo, setAside(topic), replayedIn(group, events));
    let replayed = 0;
    for (const aside of chosen) {
      const data = recordOf(aside, context);
      const options = optionsOf(aside, context);
      replayed += (await handle(streamOf(group, data.key), data, options)).events.length;
    }
    return { replayed, already: chosen.length - replayed, left };
  };
}

const takesNothingAgain = (group: string): Fault =>
  Fault.rejected(
    'GroupTakesNothingAgain',
    `${group} takes records in the order of their sequences alone, and later ones stand: mend the cause, so that a newer version is told`,
  );

interface Chosen {
  readonly chosen: readonly SetAside[];
  readonly left: number;
}

async function named(ids: readonly string[], all: AsyncIterable<SetAside>, group: string): Promise<Chosen> {
  const wanted = new Set(ids);
  const chosen: SetAside[] = [];
  for await (const aside of all) if (wanted.delete(aside.id)) chosen.push(aside);
  if (wanted.size === 0) return { chosen, left: 0 };
  throw Fault.notFound('RejectedUnknown', `${group} has not set aside ${[...wanted].join(', ')}: list what it has`);
}

async function waiting(
  upTo: string,
  all: AsyncIterable<SetAside>,
  isReplayed: (aside: SetAside) => Promise<boolean>,
): Promise<Chosen> {
  const chosen: SetAside[] = [];
  let left = 0;
  for await (const aside of all) {
    if (aside.record.appendedAt > Date.parse(upTo) || (await isReplayed(aside))) continue;
    if (chosen.length < MOST_AT_ONCE) chosen.push(aside);
    else left++;
  }
  return { chosen, left };
}

const recordOf = (aside: SetAside, { actor, at }: CommandContext): RecordReplayed => ({
  id: aside.id,
  key: keyOf(aside),
  topic: topicOf(aside),
  position: aside.record.headers.quantrac_position ?? '',
  headers: ownHeaders(aside.record),
  value: Buffer.from(aside.record.value).toString('base64'),
  by: actor.account,
  at: new Date(at).toISOString(),
});

const optionsOf = ({ id }: SetAside, { actor, commandId, at }: CommandContext) => {
  const who = Object.entries(actor).filter(([, value]) => value !== undefined);
  const metadata = { ...Object.fromEntries(who), at: new Date(at).toISOString() };
  return { commandId: `${commandId}/${id}`, metadata };
};
