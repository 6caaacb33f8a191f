import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import { FtpSrv } from 'ftp-srv';
import type { Logger } from 'pino';
import { type AccountFiles, openAccountFiles } from './account-files.ts';
import { type Credentials, maxFileBytesByDefault, type Receive } from './arrival.ts';
import { ftpCommands } from './ftp-commands.ts';
import { type FtpControl, openFtpControl } from './ftp-control.ts';
import { type PortRange, portsInTurn } from './ftp-data-connection.ts';
import type { ControlConnection, FtpHost, FtpLimits } from './ftp-session.ts';
import type { LoginGuard } from './login-guard.ts';
import { openSpool, type WhileFull } from './spool.ts';

export interface FtpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Data ports, to be open in the firewall. */
  readonly passive: PortRange;
  /** IPv4 address that clients reach this server by; without it the one that they reached. */
  readonly publicAddress?: string;
  /** PEM. With it clients may encrypt (AUTH TLS); whether they must is the credentials' to say. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits?: Partial<FtpLimits>;
  readonly receive: Receive;
  readonly credentials: Credentials;
  readonly guard: LoginGuard;
  /** Told the reason of each refusal that the receiver does not see. */
  readonly refused?: (reason: string) => void;
  readonly log: Logger;
  /** Folder of this server alone, emptied at its start. */
  readonly spool: string;
  /** Runs what writes a file that is not finished by the reserve of a full disk; without it there is none. */
  readonly whileFull?: WhileFull;
}

export interface FtpServer {
  readonly port: number;
  /** Takes no more, lets what is under way end for up to five seconds, and closes. */
  close(): Promise<void>;
}

export const ftpLimitsByDefault: FtpLimits = {
  maxFileBytes: maxFileBytesByDefault,
  maxBytesUnderWay: 256 * 1024 * 1024,
  maxConnections: 1000,
  idleMs: 120_000,
  loginWithinMs: 30_000,
  failedLoginMs: 500,
  settleMs: 10,
};

const closeWithinMs = 5_000;

/**
 * An FTP server for loggers: each account sees a virtual root of its own, and each file that is complete is handed to
 * `receive`, whose answer is the reply.
 *
 * What can be known of a cut: over FTP the end of a file is the end of its data connection. A reset, a silence, ABOR, a
 * close of the control connection without QUIT: the transfer is aborted and not handed over. A data connection closed
 * in order while the control connection stays is a complete file, whatever the sender meant.
 */
export const openFtpServer = async (options: FtpServerOptions): Promise<FtpServer> => {
  const host = await ftpHost(options);
  const ftpSrv = quietFtpSrv(options, host.limits.idleMs);
  const sessions = new Set<FtpControl>();
  ftpSrv.on('connect', ({ connection }: { connection: ControlConnection }) => {
    const socket = connection.commandSocket;
    if (sessions.size >= host.limits.maxConnections) {
      host.log.warn({ from: socket.remoteAddress }, 'too many FTP connections');
      return socket.end('421 too many connections: try again later\r\n', () => socket.destroy());
    }
    const session = openFtpControl(connection, host, ftpCommands);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  await ftpSrv.listen();
  ftpSrv.server.on('error', (err) => host.log.error({ err }, 'the FTP server cannot accept connections'));
  return {
    port: (ftpSrv.server.address() as AddressInfo).port,
    async close() {
      const closed = once(ftpSrv.server, 'close');
      ftpSrv.server.close();
      await Promise.all([...sessions].map((session) => session.close(closeWithinMs)));
      await closed;
    },
  };
};

const ftpHost = async (options: FtpServerOptions): Promise<FtpHost> => {
  const limits = { ...ftpLimitsByDefault, ...options.limits };
  const { receive, tls, whileFull = (work) => work() } = options;
  const spool = await openSpool(options.spool);
  const accounts = new Map<string, AccountFiles>();
  return {
    address: options.host,
    publicAddress: options.publicAddress,
    listenOnFreePort: portsInTurn(options.passive),
    secureContext: tls && createSecureContext(tls),
    limits,
    memory: { maxBytes: limits.maxBytesUnderWay, used: 0 },
    credentials: options.credentials,
    guard: options.guard,
    refused: options.refused ?? (() => {}),
    log: options.log,
    filesOf(account) {
      const known = accounts.get(account);
      if (known !== undefined) return known;
      const files = openAccountFiles({
        account,
        receive,
        spool,
        whileFull,
        maxKeptBytes: 2 * limits.maxFileBytes,
      });
      accounts.set(account, files);
      return files;
    },
  };
};

/** The parts of ftp-srv's server that its declarations leave out. */
interface FtpSrvServer {
  readonly server: Server;
  readonly connections: Record<string, unknown>;
  disconnectClient: (id: string) => PromiseLike<void>;
  on(event: 'connect', listener: (connected: { connection: ControlConnection }) => void): unknown;
  listen(): PromiseLike<unknown>;
}

/**
 * ftp-srv without its habits: it would end the process on a signal, keep a timer for each client that left, and log
 * every wrong password as an error.
 */
const quietFtpSrv = (options: FtpServerOptions, idleMs: number): FtpSrvServer => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;
  const listeners = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  const ftpSrv = new FtpSrv({
    url: `ftp://${name}:${options.port}`,
    tls: options.tls ?? false,
    timeout: idleMs,
    log: options.log.child({}, { level: 'silent' }),
  }) as unknown as FtpSrvServer;
  for (const signal of signals)
    for (const listener of process.listeners(signal))
      if (!listeners.has(listener)) process.removeListener(signal, listener);
  ftpSrv.disconnectClient = async (id) => {
    delete ftpSrv.connections[id];
  };
  return ftpSrv;
};
