import { setTimeout as delay } from 'node:timers/promises';
import { toFtpRefusal } from './ftp-refusal.ts';
import type { ControlConnection, FtpCommand, FtpHost, FtpSession } from './ftp-session.ts';

export interface FtpControl {
  /** Lets the command under way end for so long, and sends the client away. */
  close(graceMs: number): Promise<void>;
}

const maxLineBytes = 16 * 1024;
const maxPendingLines = 100;

/**
 * Reads the control connection itself, a command at a time. ftp-srv takes each packet for whole lines, and does not
 * read at all during a transfer: it would see neither ABOR nor that the client is gone.
 */
export const openFtpControl = (
  control: ControlConnection,
  host: FtpHost,
  ownCommands: ReadonlyMap<string, FtpCommand>,
): FtpControl => {
  const socket = control.commandSocket;
  const session: FtpSession = {
    host,
    control,
    socket,
    from: socket.remoteAddress ?? '',
    files: undefined,
    folder: '',
    renaming: undefined,
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
    if (refusal?.code === 552) host.refused('FileTooLarge');
    if (refusal?.code === 553) host.refused('PathUnusable');
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
