import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'basic-ftp';
import { type FtpServer, type FtpServerOptions, openFtpServer } from '../ftp-server.ts';
import { loginGuard } from '../login-guard.ts';
import { inTemporaryFolder, oneAccount, type Recorder, recorder, silent } from './recorder.ts';

export interface FtpTest {
  readonly server: FtpServer;
  readonly recorded: Recorder;
  readonly folder: string;
  /** Logged in with basic-ftp. */
  client(): Promise<Client>;
  /** A plain socket, logged in unless told otherwise. */
  raw(login?: boolean): Promise<RawFtp>;
}

/** A server on a free port, in a temporary folder, with everything closed behind it. */
export const withFtpServer = (options: Partial<FtpServerOptions>, work: (test: FtpTest) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const recorded = recorder();
    const server = await openFtpServer({
      host: '127.0.0.1',
      port: 0,
      passive: { from: 21_000, to: 21_999 },
      receive: recorded.receive,
      credentials: oneAccount,
      guard: loginGuard(),
      log: silent,
      spool: join(folder, 'spool'),
      ...options,
      limits: { failedLoginMs: 20, ...options.limits },
    });
    const opened: { close(): void }[] = [];
    const client = async () => {
      const client = new Client(5_000);
      opened.push(client);
      await client.access({ host: '127.0.0.1', port: server.port, user: 'logger', password: 'secret' });
      return client;
    };
    const raw = async (login = true) => {
      const raw = await rawFtp(server.port);
      opened.push({ close: () => raw.socket.destroy() });
      if (login) await raw.send('USER logger', 'PASS secret');
      return raw;
    };
    try {
      await work({ server, recorded, folder, client, raw });
    } finally {
      for (const each of opened) each.close();
      await server.close();
    }
  });

/** A client that does what it is told, byte by byte. */
export interface RawFtp {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Sends each line and waits for its reply; answers the last. */
  send(...lines: readonly string[]): Promise<string>;
  write(text: string): void;
  /** The next reply. */
  reply(): Promise<string>;
  /** An open data connection. */
  data(): Promise<Socket>;
}

const rawFtp = async (port: number): Promise<RawFtp> => {
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const replies: string[] = [];
  let rest = '';
  socket.setEncoding('utf8').on('error', () => {});
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop()!;
    replies.push(...lines.filter((line) => /^\d{3} /.test(line)));
  });
  const reply = async (): Promise<string> => {
    for (const end = performance.now() + 5_000; performance.now() < end; await delay(1)) {
      const next = replies.shift();
      if (next !== undefined) return next;
      if (socket.destroyed) return 'closed';
    }
    throw new Error('no reply came');
  };
  await reply();
  const send = async (...lines: readonly string[]): Promise<string> => {
    let last = '';
    for (const line of lines) {
      socket.write(`${line}\r\n`);
      last = await reply();
    }
    return last;
  };
  return {
    socket,
    closed,
    reply,
    send,
    write: (text) => void socket.write(text),
    async data() {
      const port = /\|\|\|(\d+)\|/.exec(await send('EPSV'))![1];
      const data = connect(Number(port), '127.0.0.1').on('error', () => {});
      await once(data, 'connect');
      return data;
    },
  };
};

export const upload = (client: Client, path: string, text: string) => client.uploadFrom(Readable.from([text]), path);
export const append = (client: Client, path: string, text: string) => client.appendFrom(Readable.from([text]), path);
export const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
