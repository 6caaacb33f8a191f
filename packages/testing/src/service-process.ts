import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { variableOf } from '@quantrac/service';

/** A service in a process of its own, started as an operator would: its main file and a data folder. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

/** Those of a province. */
export const provinceServices = [
  'station-registry',
  'quality-control',
  'alerting',
  'enterprise-compliance',
  'ministry-sync',
  'ingestion',
  'portal',
] as const;

const mainOf = (service: string): string =>
  fileURLToPath(new URL(`../../../services/${service}/dist/main.js`, import.meta.url));

/** Resolves when the service has said that it started; rejects with what it wrote when it ends before. */
export const startService = (
  name: string,
  data: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> =>
  startProcess(name, ['--enable-source-maps', mainOf(name), '--data', data], {
    env: { ...process.env, QUANTRAC_LOG_LEVEL: 'warn', ...settings },
  });

/** Settings by their names, as the environment of a service says them. */
export const environmentOf = (
  settings: Readonly<Record<string, string | number | boolean | null>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).map(([setting, value]) => [variableOf(setting), String(value)]));

/** The same, of any program that Node runs with these arguments. */
export async function startProcess(
  name: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const output: string[] = [];
  child.stdout!.on('data', (chunk) => output.push(String(chunk)));
  child.stderr!.on('data', (chunk) => output.push(String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then((code) => reject(new Error(`${name} ended with ${code}: ${output.join('')}`)));
  });
  return {
    name,
    pid: child.pid!,
    signal: (signal) => void child.kill(signal),
    kill: () => end(child, 'SIGKILL', ended).then(() => undefined),
    stop: () => end(child, 'SIGTERM', ended),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<number | null>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return ended;
}
