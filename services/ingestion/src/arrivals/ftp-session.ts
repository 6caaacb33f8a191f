import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { AccountFiles } from './account-files.ts';
import type { Credentials } from './arrival.ts';
import type { DataConnection, ListenOnFreePort } from './ftp-data-connection.ts';
import type { TransferMemory } from './ftp-transfer.ts';
import type { LoginGuard } from './login-guard.ts';

export interface FtpLimits {
  /** A larger file is refused. */
  readonly maxFileBytes: number;
  /** Bytes of all files that are coming in at once. */
  readonly maxBytesUnderWay: number;
  readonly maxConnections: number;
  /** Longest silence between commands, and on a data connection. */
  readonly idleMs: number;
  readonly loginWithinMs: number;
  /** How long every failed login takes, whether the account exists or not. */
  readonly failedLoginMs: number;
  /** How long after the data's end the control connection must still be there: a killed sender closes both at once. */
  readonly settleMs: number;
}

/** What all sessions of one server share. */
export interface FtpHost {
  /** Where it listens, for data too. */
  readonly address: string;
  readonly publicAddress: string | undefined;
  readonly listenOnFreePort: ListenOnFreePort;
  readonly secureContext: SecureContext | undefined;
  readonly limits: FtpLimits;
  readonly memory: TransferMemory;
  readonly credentials: Credentials;
  readonly guard: LoginGuard;
  readonly refused: (reason: string) => void;
  readonly log: Logger;
  filesOf(account: string): AccountFiles;
}

/** What is used of ftp-srv's connection: its own declarations leave most of it out. */
export interface ControlConnection {
  readonly commandSocket: Socket;
  readonly commands: { handle(command: FtpSrvCommand): PromiseLike<unknown> };
  readonly secure: boolean;
  username: string | undefined;
  authenticated: boolean;
  fs: object | undefined;
  /** Never rejects: a reply to somebody who left is nothing. */
  reply(code: number, ...lines: readonly (string | RawLine)[]): PromiseLike<unknown>;
  close(code: number, message: string): PromiseLike<unknown>;
}

/** A line of a longer reply that stands without its code. */
export interface RawLine {
  readonly raw: true;
  readonly message: string;
}

interface FtpSrvCommand {
  readonly directive: string;
  readonly arg: string | null;
  readonly flags: readonly string[];
  readonly raw: string;
}

/** One control connection, from its greeting to its end. */
export interface FtpSession {
  readonly host: FtpHost;
  readonly control: ControlConnection;
  /** Below any encryption: where the idle time is counted. */
  readonly socket: Socket;
  readonly from: string;
  /** Set by the login. */
  files: AccountFiles | undefined;
  folder: string;
  /** What RNFR named. */
  renaming: string | undefined;
  /** What PASV or PORT prepared for the next transfer. */
  data: DataConnection | undefined;
  /** Of the transfer whose bytes are coming or going. */
  transfer: AbortController | undefined;
  /** The client closed without QUIT: nobody waits for the reply. */
  cut: boolean;
}

export interface FtpCommand {
  readonly beforeLogin?: true;
  /** A FtpRefusal or Fault that it throws is the reply. */
  run(session: FtpSession, argument: string): Promise<unknown>;
}
