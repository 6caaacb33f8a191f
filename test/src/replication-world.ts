import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TopicDeclaration } from '@quantrac/contracts';
import type { Difference } from '@quantrac/contracts/digest';
import { connectPeer, nodeIdentity, type Peer, socketPath } from '@quantrac/service';
import { byTester, eventually, type ServiceProcess, startService, temporaryFolder } from '@quantrac/testing';
import { type Approval, ownerNames, startTopicOwner, type TopicOwner, type Written } from './topic-owner.ts';

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
  /** Drops everything from the topic's window; its owner's History still has it. */
  forget(topic: TopicDeclaration): Promise<void>;
  whileRegistryIsAway(work: () => Promise<void>): Promise<void>;
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

/** A killed holder's lease on the topics lasts ten seconds more. */
export const patiently = { withinMs: 60_000 };

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
  readonly lateStations: number | null;
}

export async function startWorld(t: TestContext): Promise<World> {
  const [nodeData, nationalData] = [newFolder(), newFolder()];
  const started: { stop(): Promise<unknown> }[] = [];
  const approvals: Approval[] = [];
  const owners = new Map<string, TopicOwner>();
  const startOwner = async (name: string) => void owners.set(name, await startTopicOwner(name, nodeData, approvals));
  for (const name of ownerNames) await startOwner(name);
  const sync = connectPeer(`unix:${socketPath(nodeData, 'ministry-sync')}`);
  const national = connectPeer(`unix:${socketPath(nationalData, 'national-aggregation')}`);
  t.after(async () => {
    for (const one of started.toReversed()) await one.stop();
    for (const owner of owners.values()) await owner.stop();
    sync.close();
    national.close();
    for (const folder of [nodeData, nationalData]) rmSync(folder, { recursive: true, force: true });
  });
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  let published = 0;
  const toOwners = async (records: readonly Written[], unheard?: 'unheard') => {
    for (const [name, list] of Map.groupBy(records, ({ topic }) => topic.producer))
      await owners.get(name)!.publish(list, unheard);
  };
  const start = async (name: string, data: string, settings: Readonly<Record<string, string>>) => {
    const service = await startService(name, data, { QUANTRAC_LOG_LEVEL: 'silent', ...settings });
    started.push(service);
    return service;
  };
  return {
    node: nodeIdentity(nodeData).node,
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
    forget: (topic) => owners.get(topic.producer)!.forget(topic),
    async whileRegistryIsAway(work) {
      await owners.get('station-registry')!.stop();
      await work();
      await startOwner('station-registry');
    },
    startSync: (settings = {}) => start('ministry-sync', nodeData, { QUANTRAC_MINISTRY: ministry, ...settings }),
    startNational: (settings = {}) =>
      start('national-aggregation', nationalData, { QUANTRAC_PORT: 'null', ...settings }),
    acknowledged: () =>
      eventually(async () => {
        const row = await replicationOf(sync);
        if (row.acknowledged < published || row.acknowledged < row.appended)
          throw new Error(`${published} published: ${JSON.stringify(row)}`);
        return row.acknowledged;
      }, patiently),
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
