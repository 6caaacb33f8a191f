import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly screen: string;
  readonly complaints: string;
}

/** A command as a person gives it, in a process group of its own as a terminal makes it. */
export interface GivenCommand {
  /** Resolves once the screen shows this; rejects with all that was written when the command ends before. */
  shows(wanted: RegExp): Promise<void>;
  /** What it has shown so far. */
  readonly screen: () => string;
  /** To the whole group, as Ctrl-C does. */
  signalGroup(signal: NodeJS.Signals): void;
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

type Variables = Readonly<Record<string, string>>;

const cli = fileURLToPath(import.meta.resolve('@quantrac/standalone/cli'));
export const anyPorts: Variables = {
  QUANTRAC_HTTP_PORT: '0',
  QUANTRAC_FTP_PORT: '0',
  QUANTRAC_PORTAL_PORT: '0',
  QUANTRAC_PORT: '0',
};

export function give(program: readonly string[], variables: Variables = {}): GivenCommand {
  const child = spawn(process.execPath, [...program], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [screen, complaints] = ['', ''];
  child.stdout!.on('data', (chunk) => (screen += String(chunk)));
  child.stderr!.on('data', (chunk) => (complaints += String(chunk)));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, screen, complaints })));
  return {
    process: child,
    ended,
    screen: () => screen,
    signalGroup: (signal) => void process.kill(-child.pid!, signal),
    shows: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => wanted.test(screen) && resolve();
        child.stdout!.on('data', look);
        void ended.then(({ code }) => reject(new Error(`it ended with ${code}: ${screen}${complaints}`)));
        look();
      }),
  };
}

export const giveQuantrac = (args: readonly string[], variables: Variables = anyPorts): GivenCommand =>
  give(['--enable-source-maps', cli, ...args], variables);

/** The command to its end. */
export const quantrac = (...args: string[]): Promise<Ended> => giveQuantrac(args).ended;
