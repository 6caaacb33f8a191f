import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { AccountFiles } from './account-files.ts';
import type { Credentials } from './arrival.ts';
import type { DataConnection, ListenOnFreePort } from './ftp-data-connection.ts';
import { toFtpRefusal } from './ftp-refusal.ts';
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
  readonly host: string;
  readonly publicAddress: string | undefined;
  readonly listenOnFreePort: ListenOnFreePort;
  readonly secureContext: SecureContext | undefined;
  readonly limits: FtpLimits;
  readonly memory: TransferMemory;
  readonly credentials: Credentials;
  readonly guard: LoginGuard;
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
  renameFrom: string | undefined;
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

const maxLineBytes = 16 * 1024;
const maxPendingLines = 100;

/**
 * Reads the control connection itself, a command at a time. ftp-srv takes each packet for whole lines, and does not
 * read at all during a transfer: it would see neither ABOR nor that the client is gone.
 */
export const openFtpSession = (
  control: ControlConnection,
  host: FtpHost,
  ownCommands: ReadonlyMap<string, FtpCommand>,
): { close(graceMs: number): Promise<void> } => {
  const socket = control.commandSocket;
  const session: FtpSession = {
    host,
    control,
    socket,
    from: socket.remoteAddress ?? '',
    files: undefined,
    folder: '',
    data: undefined,
    transfer: undefined,
    cut: false,
  };
  let pending: string[] = [];
  let working: Promise<void> | undefined;
  let quitSaid = false;

  const work = async (): Promise<void> => {
    for (let line = pending.shift(); line !== undefined; line = pending.shift()) {
      const wasSecure = control.secure;
      await answer(session, line, ownCommands);
      // what was sent in clear behind AUTH could be anybody's
      if (control.secure !== wasSecure) pending = [];
    }
    working = undefined;
  };
  const take = (line: string): void => {
    if (/^ABOR\b/i.test(line)) session.transfer?.abort();
    if (/^QUIT\b/i.test(line)) quitSaid = true;
    pending.push(line);
    if (pending.length > maxPendingLines) socket.destroy();
    working ??= work();
  };
  const leave = (): void => {
    session.cut = !quitSaid;
    if (!session.cut) return;
    pending = [];
    session.transfer?.abort();
  };

  // 150 and 226 are small writes: without it the second waits 40 ms
  socket.setNoDelay(true);
  socket.removeAllListeners('data');
  socket.on(
    'data',
    lines(take, () => control.close(500, 'the line is too long')),
  );
  socket.on('end', leave);
  socket.on('error', leave);
  socket.on('close', () => {
    leave();
    clearTimeout(loginTimer);
    void Promise.resolve(working).then(() => session.data?.close());
  });
  const loginTimer = setTimeout(() => {
    if (session.files === undefined) control.close(421, 'no login came in time');
  }, host.limits.loginWithinMs);

  return {
    async close(graceMs) {
      await Promise.race([working, delay(graceMs, undefined, { ref: false })]);
      await control.close(421, 'the server is stopping: try again later');
    },
  };
};

const answer = async (
  session: FtpSession,
  line: string,
  ownCommands: ReadonlyMap<string, FtpCommand>,
): Promise<void> => {
  const [, word = '', argument = ''] = /^(\S*) ?(.*)$/s.exec(line)!;
  const directive = word.toUpperCase();
  const { control, host } = session;
  try {
    const own = ownCommands.get(directive);
    if (own === undefined)
      await control.commands.handle({ directive, arg: argument || null, flags: [], raw: directive });
    else if (own.beforeLogin || session.files !== undefined) await own.run(session, argument);
    else await control.reply(530, 'log in first');
  } catch (error) {
    const refusal = toFtpRefusal(error);
    if (refusal === undefined) host.log.error({ err: error, directive }, 'an FTP command failed');
    await control.reply(refusal?.code ?? 451, oneLine(refusal?.message ?? 'the server failed: try again later'));
  }
};

/** A reply ends with its line. */
export const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

/** Cuts what comes into lines, over the limits of packets; the Telnet bytes before an ABOR are dropped. */
const lines = (take: (line: string) => void, tooLong: () => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const line = rest.subarray(
        rest.findIndex((byte) => byte < 0x80),
        end,
      );
      rest = rest.subarray(end + 1);
      if (line.length > 1) take(line.toString('utf8').replace(/\r$/, ''));
    }
    if (rest.length > maxLineBytes) {
      rest = Buffer.alloc(0);
      tooLong();
    }
  };
};
