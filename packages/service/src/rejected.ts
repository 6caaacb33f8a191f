import { groupOfRejected, replayedTopic, type TopicDeclaration } from '@quantrac/contracts';
import { rejectedCommands } from '@quantrac/contracts/commands/rejected';
import {
  type Rejected,
  type RejectedAsked,
  type RejectedGroup,
  rejectedQueries,
} from '@quantrac/contracts/queries/rejected';
import { command, query, type ServiceDefinition, type Stores } from './definition.ts';
import { replay, replayedIn, replaysRelay } from './replays.ts';
import { rowOf, setAside } from './set-aside.ts';

type OwnStores = Pick<Stores, 'events' | 'log'>;
type Topics = ReadonlyMap<string, TopicDeclaration>;

/** What every owner offers beside its own: what its groups have set aside, and to hand it to them again. */
export function withReplays(
  definition: ServiceDefinition,
  stores: OwnStores,
  rejected: () => readonly TopicDeclaration[],
): ServiceDefinition {
  const { name, processors, setAside: aside = [] } = definition;
  const fed = processors.map((processor) => processor.name);
  const topics = (): Topics => new Map([...aside, ...rejected()].map((topic) => [groupOfRejected(topic), topic]));
  const { events, log } = stores;
  return {
    ...definition,
    topics: [...definition.topics, ...fed.map((group) => replayedTopic(group, name))],
    relays: [...definition.relays, ...fed.map((group) => replaysRelay(group, name))],
    queries: {
      ...definition.queries,
      rejectedGroups: query(rejectedQueries.rejectedGroups.args, () => groups(topics(), stores)),
      rejected: query(rejectedQueries.rejected.args, (asked) => newest(asked, topics(), stores)),
    },
    commands: {
      ...definition.commands,
      ReplayRejected: command(
        rejectedCommands.ReplayRejected,
        replay({ events, fed, topics, setAside: (topic) => setAside(log, topic) }),
      ),
    },
  };
}

async function groups(topics: Topics, { events, log }: OwnStores): Promise<readonly RejectedGroup[]> {
  const rows: RejectedGroup[] = [];
  for (const [group, topic] of topics) {
    const isReplayed = replayedIn(group, events);
    let [count, waiting, last] = [0, 0, 0];
    for await (const aside of setAside(log, topic)) {
      count++;
      if (!(await isReplayed(aside))) waiting++;
      last = Math.max(last, aside.record.appendedAt);
    }
    rows.push({ group, count, waiting, newest: last === 0 ? null : new Date(last).toISOString() });
  }
  return rows;
}

/** Kept in mind are never more than twice as many as are asked for. */
async function newest(
  { group: wanted, before, limit }: RejectedAsked,
  topics: Topics,
  { events, log }: OwnStores,
): Promise<readonly Rejected[]> {
  let found: Rejected[] = [];
  const keepNewest = () => {
    found = found.sort((a, b) => (isBefore(a, b) ? 1 : -1)).slice(0, limit);
  };
  for (const [group, topic] of topics) {
    if (wanted !== undefined && group !== wanted) continue;
    const isReplayed = replayedIn(group, events);
    for await (const aside of setAside(log, topic)) {
      const row = rowOf(group, aside);
      if (before && !isBefore(row, before)) continue;
      found.push({ ...row, replayed: await isReplayed(aside) });
      if (found.length >= 2 * limit) keepNewest();
    }
  }
  keepNewest();
  return found;
}

type Place = Pick<Rejected, 'at' | 'id'>;

const isBefore = (a: Place, b: Place): boolean => (a.at === b.at ? a.id < b.id : a.at < b.at);
