import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server in a process of its own that may be stopped, killed, paused and started again on its data. */
export interface TestServer {
  /** What a client is given: `host:port` of a broker, a URL of a database. */
  readonly address: string;
  /** In words, for the closing lines of a test run. */
  readonly described: string;
  /** SIGTERM; resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Again, on the same port and data; resolves when it answers. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
}

export interface JavaServerOptions {
  readonly address: string;
  readonly described: string;
  readonly arguments: readonly string[];
  readonly port: number;
  /** What it writes goes there. */
  readonly logFile: string;
}

/** A disk that others load as well. */
const START_WITHIN_MS = 180_000;

/** Starts a Java program and waits until it listens. Throws with where its log lies when it ends or does not answer. */
export async function startJavaServer(options: JavaServerOptions): Promise<TestServer> {
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  process.once('exit', () => child?.kill('SIGKILL'));
  const end = async (signal: NodeJS.Signals) => {
    child?.kill(signal);
    await ended;
  };
  const server: TestServer = {
    address: options.address,
    described: options.described,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async start() {
      // a file, not a pipe: nobody has to read on while tests run
      const log = openSync(options.logFile, 'a');
      const started = spawn('java', options.arguments, { stdio: ['ignore', log, log] });
      closeSync(log);
      child = started;
      ended = new Promise((resolve) => {
        started.once('exit', () => resolve());
        started.once('error', () => resolve());
      });
      await listening(started, options);
    },
  };
  await server.start();
  return server;
}

async function listening(child: ChildProcess, { described, port, logFile }: JavaServerOptions): Promise<void> {
  const until = performance.now() + START_WITHIN_MS;
  while (!(await answers(port))) {
    if (child.pid === undefined) throw new Error('Java is not installed: install Java 17, or a Docker engine');
    if (child.exitCode !== null) throw new Error(`${described} ended with ${child.exitCode}: see ${logFile}`);
    if (performance.now() > until) throw new Error(`${described} does not listen: see ${logFile}`);
    await sleep(50);
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
