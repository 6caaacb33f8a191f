import { type Actor, sequenceOf, sourceOf, type TopicDeclaration, toEntry, topics } from '@quantrac/contracts';
import { stationRegistryCommands } from '@quantrac/contracts/commands/station-registry';
import { identityOf } from '@quantrac/contracts/identity';
import { alertingQueries } from '@quantrac/contracts/queries/alerting';
import { Fault } from '@quantrac/event-sourcing';
import { command, host, query, type Stores } from '@quantrac/service';

/** A record as a test writes it; the sequence rises with every record of its owner. */
export interface Written {
  readonly topic: TopicDeclaration;
  readonly key: string;
  readonly type: string;
  readonly data: unknown;
}

/** A stand-in for a service that owns topics: publishes what it is given, and serves its History. */
export interface TopicOwner {
  /** `unheard`: only its own store knows them. */
  publish(records: readonly Written[], unheard?: 'unheard'): Promise<void>;
  /** Drops everything from the topic's window; History still has it. */
  forget(topic: TopicDeclaration): Promise<void>;
  stop(): Promise<void>;
}

/** What the registry's stand-in was told by a directive. */
export interface Approval {
  readonly data: { station: string; state: string; reason: string; directive: string };
  readonly actor: Actor;
  readonly commandId: string;
}

export const KNOWN_AT = Date.UTC(2026, 0, 15, 1, 30);
export const ownerNames = ['station-registry', 'quality-control', 'enterprise-compliance', 'alerting'] as const;
/** Stations whose outage is open, as alerting's stand-in answers. */
const late = ['s7', 's8', 's8'];
/** A station that the registry's stand-in does not know. */
export const unknownStation = 'unknown';

export async function startTopicOwner(name: string, data: string, approvals: Approval[]): Promise<TopicOwner> {
  const owned = Object.values(topics).filter((topic) => topic.producer === name && topic.public);
  const recordApproval = command(stationRegistryCommands.RecordApproval, async (approval, { actor, commandId }) => {
    if (approval.station === unknownStation) throw Fault.notFound('StationUnknown', 'no such station');
    approvals.push({ data: approval, actor, commandId });
  });
  let stores!: Stores;
  const { node, stop } = await host({
    name,
    settings: { data, logLevel: 'silent' as const },
    make(given) {
      stores = given;
      const commands = { RecordApproval: recordApproval };
      const episodes = query(alertingQueries.episodes.args, async ({ rule, state }) =>
        rule === 'outage' && state === 'open' ? late.map((station) => ({ station })) : [],
      );
      return { name, topics: owned, processors: [], relays: [], commands, queries: { episodes } };
    },
  });
  const counts = await Promise.all(owned.map((topic) => stores.series.count(topic.name)));
  let revision = counts.reduce((sum, count) => sum + count, 0);

  const rowOf = (collection: string, { key, type, data: record }: Written) => {
    const sequence = sequenceOf(stores.log.epoch, ++revision, 0);
    const value = Buffer.from(JSON.stringify(record));
    return { collection, key, type, sequence, knownAt: KNOWN_AT, value, ...identityOf(type, record) };
  };
  return {
    async publish(records, unheard) {
      for (const [topic, list] of Map.groupBy(records, (record) => record.topic)) {
        const rows = list.map((record) => rowOf(topic.name, record));
        await stores.series.insert(rows);
        if (unheard) continue;
        const source = sourceOf(node);
        await stores.log.publish(
          topic,
          rows.map((row) => toEntry(topic.name, { ...row, source }, row.value)),
        );
      }
    },
    forget: async (topic) => void (await stores.log.retain({ ...topic, retentionDays: -1 })),
    stop,
  };
}
