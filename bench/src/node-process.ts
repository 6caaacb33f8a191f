import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectPeer, type Peer, socketPath } from '@quantrac/service';
import type { NodeOptions } from '@quantrac/standalone';

export type Asked = 'usage' | 'stop';
export type Told = { readonly told: 'started' } | ({ readonly told: 'usage' } & Usage);

export interface Usage {
  /** Of all threads, since the start. */
  readonly cpuMs: number;
  /** bytes */
  readonly rss: number;
}

/** A node that runs beside the load: its processor time and memory are its own. */
export interface NodeProcess {
  readonly data: string;
  readonly peer: (service: string) => Peer;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 20_000;

/** `execArgv`: flags of Node that are tried, such as `--max-semi-space-size=64`. */
export async function startNodeProcess(options: NodeOptions, execArgv: readonly string[] = []): Promise<NodeProcess> {
  const entry = join(import.meta.dirname, 'run-node.js');
  // which stores it works on is said by its options alone
  const { KAFKA_BROKERS: _, MONGO_URL: __, ...env } = process.env;
  const child = fork(entry, [JSON.stringify(options)], { execArgv: [...execArgv], env });
  const { data } = options;
  await heard(child, 'started');
  const peers = new Map<string, Peer>();
  return {
    data,
    peer: (service) => {
      const known = peers.get(service) ?? connectPeer(`unix:${socketPath(data, service)}`);
      peers.set(service, known);
      return known;
    },
    usage() {
      const answer = heard(child, 'usage');
      child.send('usage' satisfies Asked);
      return answer;
    },
    async stop() {
      for (const peer of peers.values()) peer.close();
      const exited = once(child, 'exit');
      child.send('stop' satisfies Asked);
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

/** The child's next message of that kind; rejects when it ends first. */
function heard<Name extends Told['told']>(child: ChildProcess, name: Name) {
  return new Promise<Extract<Told, { told: Name }>>((resolve, reject) => {
    const onMessage = (message: unknown) => {
      if ((message as Told).told !== name) return;
      child.off('message', onMessage).off('exit', onExit);
      resolve(message as Extract<Told, { told: Name }>);
    };
    const onExit = (code: number | null) => reject(new Error(`a node ended with ${code}`));
    child.on('message', onMessage).once('exit', onExit);
  });
}
