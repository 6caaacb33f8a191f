import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Peer, peersOf, variableOf } from '@quantrac/service';

/** A node in a process of its own, as `quantrac up` runs it, asked over its sockets. */
export interface NodeProcess {
  readonly node: string;
  readonly data: string;
  readonly peer: (service: string) => Peer;
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface NodeProcessOptions {
  readonly node: string;
  readonly data: string;
  readonly national?: boolean;
  /** By their names in the services' schemas. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
}

const command = fileURLToPath(new URL('../cli.js', import.meta.url));

/** Resolves when the node is up; rejects with what it wrote when it ends before. */
export async function startNodeProcess({
  node,
  data,
  national = false,
  settings,
}: NodeProcessOptions): Promise<NodeProcess> {
  const variables = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [variableOf(name), String(value)]),
  );
  const args = [
    ...process.execArgv,
    command,
    'up',
    '--data',
    data,
    '--node',
    node,
    ...(national ? ['--national'] : []),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let written = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      written = (written + String(chunk)).slice(-10_000);
    });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then(() => reject(new Error(`node ${node} ended: ${written}`)));
  });
  const peers = peersOf(data);
  const end = async (signal: NodeJS.Signals) => {
    peers.close();
    child.kill(signal);
    await ended;
  };
  return {
    node,
    data,
    peer: peers.peer,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    signal: (signal) => void child.kill(signal),
  };
}
