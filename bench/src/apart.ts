import { readFileSync } from 'node:fs';
import { connectPeer, nodeIdentity, type Peer, socketPath } from '@quantrac/service';
import { environmentOf, provinceServices, type ServiceProcess, startService } from '@quantrac/testing';
import type { NodeProcess, Usage } from './node-process.ts';

/** A province whose services are processes of their own: one node to whoever asks, and what each of them uses. */
export interface ProvinceApart extends NodeProcess {
  usages(): ReadonlyMap<string, Usage>;
}

export interface ApartOptions {
  readonly data: string;
  readonly node: string;
  readonly settings: Parameters<typeof environmentOf>[0];
}

const CPU_TICK_MS = 10;
const PAGE_BYTES = 4096;

export async function startApart({ data, node, settings }: ApartOptions): Promise<ProvinceApart> {
  nodeIdentity(data, node);
  const variables = environmentOf(settings);
  const processes = await Promise.all(provinceServices.map((name) => startService(name, data, variables)));
  const peers = new Map<string, Peer>(
    provinceServices.map((name) => [name, connectPeer(`unix:${socketPath(data, name)}`)]),
  );
  const usages = () => new Map(processes.map((one) => [one.name, usageOf(one)]));
  return {
    data,
    peer: (service) => peers.get(service)!,
    usages,
    async usage() {
      const all = [...usages().values()];
      return { cpuMs: sum(all.map(({ cpuMs }) => cpuMs)), rss: sum(all.map(({ rss }) => rss)) };
    },
    async stop() {
      for (const peer of peers.values()) peer.close();
      await Promise.all(processes.map((one) => one.stop()));
    },
  };
}

/** As Linux counts it. */
function usageOf({ pid }: ServiceProcess): Usage {
  // behind the name, which may hold anything
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const [user, system] = fields.slice(11, 13).map(Number) as [number, number];
  const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number) as [number, number];
  return { cpuMs: (user + system) * CPU_TICK_MS, rss: resident * PAGE_BYTES };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
