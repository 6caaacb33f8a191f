import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Actor, sequenceOf, sourceOf, type TopicDeclaration, toEntry, topics } from '@quantrac/contracts';
import { stationRegistryCommands } from '@quantrac/contracts/commands/station-registry';
import type { Difference } from '@quantrac/contracts/digest';
import { identityOf } from '@quantrac/contracts/identity';
import { command, connectPeer, type Hosted, host, type Peer, type Stores, socketPath } from '@quantrac/service';
import { byTester, eventually, type ServiceProcess, startService, temporaryFolder } from '@quantrac/testing';

/** A record as a test writes it; the sequence rises with every record of its topic. */
export interface Written {
  readonly topic: TopicDeclaration;
  readonly key: string;
  readonly type: string;
  readonly data: unknown;
}

/** A stand-in for a service that owns topics: publishes what it is given, and serves its History. */
export interface Owner {
  /** `unheard`: only its own store knows them. */
  publish(records: readonly Written[], unheard?: 'unheard'): Promise<void>;
  stop(): Promise<void>;
}

export interface Approval {
  readonly data: { station: string; state: string; reason: string; directive: string };
  readonly actor: Actor;
}

/** A province node whose services are stand-ins but for ministry-sync, and a national tier; each service is a process. */
export interface World {
  readonly node: string;
  readonly nodeData: string;
  readonly nationalData: string;
  /** Where a node reaches this world's ministry. */
  readonly ministry: string;
  readonly sync: Peer;
  readonly national: Peer;
  /** What the registry was told by directives. */
  readonly approvals: readonly Approval[];
  publish(records: readonly Written[]): Promise<void>;
  /** Records that lie in their owner's store and are not published. */
  keepUnheard(records: readonly Written[]): Promise<void>;
  startSync(settings?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  startNational(settings?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /** Resolves when all that was published is acknowledged; the number of records. */
  acknowledged(): Promise<number>;
  differences(): Promise<readonly Difference[]>;
}

const root = temporaryFolder();
let folders = 0;

function newFolder(): string {
  const folder = join(root, `${++folders}`);
  mkdirSync(folder);
  return folder;
}

export const KNOWN_AT = Date.UTC(2026, 0, 15, 1, 30);
const owners = {
  'station-registry': [topics.stations],
  'quality-control': [topics.observationsChecked, topics.aggregates, topics.reviews],
  'enterprise-compliance': [topics.limits, topics.compliance],
  alerting: [topics.episodes, topics.incidents],
};

export interface ReplicationRow {
  readonly incarnation: number;
  readonly appended: number;
  readonly acknowledged: number;
  readonly root: string;
  readonly state: string;
  readonly stopped: { code: string; message: string } | null;
  readonly problem: string | null;
  readonly stops: number;
  readonly setAside: number;
}

export interface NodeRow {
  readonly node: string;
  readonly incarnation: number;
  readonly size: number;
  readonly applied: number;
  readonly state: string;
  readonly stopped: { code: string } | null;
  readonly refusals: number;
  readonly faults: number;
  readonly directives: number;
  readonly answered: number;
  readonly lastSeen: string | null;
}

export async function startWorld(t: TestContext): Promise<World> {
  const [nodeData, nationalData] = [newFolder(), newFolder()];
  const started: { stop(): Promise<unknown> }[] = [];
  const approvals: Approval[] = [];
  const byTopic = new Map<string, Owner>();
  const hosts: Hosted[] = [];
  for (const [name, owned] of Object.entries(owners)) {
    const { owner, hosted } = await startOwner(name, owned, nodeData, approvals);
    hosts.push(hosted);
    for (const { name: topic } of owned) byTopic.set(topic, owner);
  }
  const sync = connectPeer(`unix:${socketPath(nodeData, 'ministry-sync')}`);
  const national = connectPeer(`unix:${socketPath(nationalData, 'national-aggregation')}`);
  t.after(async () => {
    for (const one of started.toReversed()) await one.stop();
    for (const hosted of hosts) await hosted.stop();
    sync.close();
    national.close();
    for (const folder of [nodeData, nationalData]) rmSync(folder, { recursive: true, force: true });
  });
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  let published = 0;
  const toOwners = async (records: readonly Written[], unheard?: 'unheard') => {
    for (const [topic, list] of Map.groupBy(records, ({ topic }) => topic.name))
      await byTopic.get(topic)!.publish(list, unheard);
  };
  const start = async (name: string, data: string, settings: Readonly<Record<string, string>>) => {
    const service = await startService(name, data, { QUANTRAC_LOG_LEVEL: 'silent', ...settings });
    started.push(service);
    return service;
  };
  return {
    node: hosts[0]!.node,
    nodeData,
    nationalData,
    ministry,
    sync,
    national,
    approvals,
    async publish(records) {
      published += records.filter(({ type }) => type !== 'IntakeAdvanced').length;
      await toOwners(records);
    },
    keepUnheard: (records) => toOwners(records, 'unheard'),
    startSync: (settings = {}) => start('ministry-sync', nodeData, { QUANTRAC_MINISTRY: ministry, ...settings }),
    startNational: (settings = {}) =>
      start('national-aggregation', nationalData, { QUANTRAC_PORT: 'null', ...settings }),
    acknowledged: () =>
      eventually(async () => {
        const row = await replicationOf(sync);
        if (row.acknowledged < published || row.acknowledged < row.appended)
          throw new Error(`${published} published: ${JSON.stringify(row)}`);
        return row.acknowledged;
      }),
    differences: () => sync.query<Difference>('compare', {}),
  };
}

export async function replicationOf(sync: Peer): Promise<ReplicationRow> {
  return (await sync.query<ReplicationRow>('replication', {}))[0]!;
}

export async function nodeOf(national: Peer, node: string): Promise<NodeRow> {
  const [row] = await national.query<NodeRow>('nodes', { node });
  if (!row) throw new Error(`${node} is not enrolled`);
  return row;
}

export const openIncarnation = (sync: Peer, data: object = {}) =>
  sync.handle<{ incarnation: number }>('OpenIncarnation', { reason: 'restored from a copy', ...data }, byTester());

/** Copies a stopped service's stores away; what is answered brings them back over the present ones. */
export function copyAway(data: string, service: string): () => void {
  const away = newFolder();
  const files = ['', '-wal', '-shm', '.epoch'].map((ending) => `${service}.sqlite${ending}`);
  for (const file of files) if (existsSync(join(data, file))) cpSync(join(data, file), join(away, file));
  return () => {
    for (const file of files) rmSync(join(data, file), { force: true });
    cpSync(join(away, files[0]!), join(data, files[0]!));
  };
}

async function startOwner(name: string, owned: readonly TopicDeclaration[], data: string, approvals: Approval[]) {
  let stores!: Stores;
  const recordApproval = command(stationRegistryCommands.RecordApproval, async (approval, { actor }) => {
    approvals.push({ data: approval, actor });
  });
  const hosted = await host({
    name,
    settings: { data, logLevel: 'silent' as const },
    make(given) {
      stores = given;
      return {
        name,
        topics: owned,
        processors: [],
        relays: [],
        commands: { RecordApproval: recordApproval },
        queries: {},
      };
    },
  });
  let revision = (await Promise.all(owned.map(({ name: topic }) => stores.series.count(topic)))).reduce(
    (a, b) => a + b,
  );
  const owner: Owner = {
    async publish(records, unheard) {
      for (const [topic, list] of Map.groupBy(records, (record) => record.topic)) {
        const rows = list.map(({ key, type, data: record }) => {
          const value = record instanceof Uint8Array ? record : Buffer.from(JSON.stringify(record));
          const sequence = sequenceOf(stores.log.epoch, ++revision, 0);
          const identity = identityIn(type, record, revision);
          return { collection: topic.name, key, type, sequence, knownAt: KNOWN_AT, value, ...identity };
        });
        const source = sourceOf(hosted.node);
        await stores.series.insert(rows);
        if (unheard) continue;
        await stores.log.publish(
          topic,
          rows.map((row) => toEntry(topic.name, { ...row, source }, row.value)),
        );
      }
    },
    stop: () => hosted.stop(),
  };
  return { owner, hosted };
}

/** Records of types without identity lie apart. */
function identityIn(type: string, record: unknown, number: number) {
  try {
    return identityOf(type, record);
  } catch {
    return { series: type, time: 0, version: number };
  }
}
