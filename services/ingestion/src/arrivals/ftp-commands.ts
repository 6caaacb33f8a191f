import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './arrival.ts';
import { virtualFilePath } from './arrival-path.ts';
import { oneLine } from './ftp-control.ts';
import { activeConnection, openPassiveConnection } from './ftp-data-connection.ts';
import { listingCommands } from './ftp-listing.ts';
import { loginCommands } from './ftp-login.ts';
import { FtpRefusal } from './ftp-refusal.ts';
import type { FtpCommand, FtpSession } from './ftp-session.ts';
import { readWhole, transferring } from './ftp-transfer.ts';

const secureContext = ({ control, host }: FtpSession) => (control.secure ? host.secureContext : undefined);

const passive = async (session: FtpSession): Promise<number> => {
  session.data?.close();
  const { host, from } = session;
  const connection = await openPassiveConnection(host.listenOnFreePort, host.address, from, secureContext(session));
  session.data = connection;
  return connection.port;
};

const active = async (session: FtpSession, host: string, port: number): Promise<void> => {
  session.data?.close();
  session.data = undefined;
  if (host !== session.from.replace(/^::ffff:/, '') || !(port >= 1024 && port <= 65_535))
    throw new FtpRefusal(501, 'PORT must name your own address and a port above 1023');
  session.data = activeConnection(host, port, secureContext(session));
  await session.control.reply(200, 'the data connection will go there');
};

/** Loopback is answered as it is: the public address does not lead back to it. */
const advertisedAddress = ({ control, host, from }: FtpSession): string => {
  const local = (control.commandSocket.localAddress ?? '').replace(/^::ffff:/, '');
  return /^(::ffff:)?127\./.test(from) ? local : (host.publicAddress ?? local);
};

const dataCommands: Readonly<Record<string, FtpCommand>> = {
  PASV: {
    async run(session) {
      const address = advertisedAddress(session);
      if (address.includes(':')) throw new FtpRefusal(425, 'use EPSV on this address');
      const port = await passive(session);
      const numbers = [...address.split('.'), port >> 8, port & 255].join(',');
      await session.control.reply(227, `Entering Passive Mode (${numbers})`);
    },
  },
  EPSV: {
    async run(session) {
      await session.control.reply(229, `Entering Extended Passive Mode (|||${await passive(session)}|)`);
    },
  },
  PORT: {
    async run(session, argument) {
      const numbers = argument.split(',').map(Number);
      await active(session, numbers.slice(0, 4).join('.'), numbers[4]! * 256 + numbers[5]!);
    },
  },
  EPRT: {
    async run(session, argument) {
      const [, , host = '', port] = argument.split(argument.charAt(0) || '|');
      await active(session, host, Number(port));
    },
  },
};

/** RFC 959 calls both "append" and "store" a transfer; what differs is what the bytes stand behind. */
const storing = (append: boolean): FtpCommand => ({
  async run(session, argument) {
    const { host, from } = session;
    const files = session.files!;
    const path = virtualFilePath(argument, session.folder);
    const maxBytes = host.limits.maxFileBytes - (append ? files.sizeBefore(path) : 0);
    const limits = { maxBytes, idleMs: host.limits.idleMs, memory: host.memory };
    const bytes = await transferring(session, (socket, aborted) => readWhole(socket, limits, aborted));
    await stillThere(session);
    await acknowledge(session, 226, await (append ? files.append : files.store)(path, bytes, from));
  },
});

/** A sender that was killed closes both connections: what it had sent by then is no file. */
const stillThere = async (session: FtpSession): Promise<void> => {
  await delay(session.host.limits.settleMs);
  if (session.cut) throw new FtpRefusal(426, 'the sender left');
};

/** Only called once the file is durable (or is an unfinished one, which nobody was promised). */
const acknowledge = async (session: FtpSession, code: number, answer: Answer | undefined): Promise<void> => {
  if (answer?.outcome === 'refused') throw new FtpRefusal(550, `refused: ${answer.reason}: ${answer.advice}`);
  await session.control.reply(code, oneLine(said(answer)));
};

const said = (answer: Exclude<Answer, { outcome: 'refused' }> | undefined): string => {
  switch (answer?.outcome) {
    case undefined:
      return 'kept unfinished: rename it when it is complete';
    case 'accepted':
      return `accepted, receipt ${answer.receipt}`;
    case 'repeat':
      return `received before, receipt ${answer.receipt}`;
    case 'held':
      return `kept but held, receipt ${answer.receipt}: ${answer.reason}: ${answer.advice}`;
  }
};

const fileCommands: Readonly<Record<string, FtpCommand>> = {
  STOR: storing(false),
  APPE: storing(true),
  RNFR: {
    async run(session, argument) {
      const path = virtualFilePath(argument, session.folder);
      if (session.files!.file(path) === undefined) throw new FtpRefusal(550, 'no such file');
      session.renaming = path;
      await session.control.reply(350, 'send RNTO');
    },
  },
  RNTO: {
    async run(session, argument) {
      const { renaming, from } = session;
      if (renaming === undefined) throw new FtpRefusal(503, 'send RNFR first');
      session.renaming = undefined;
      const to = virtualFilePath(argument, session.folder);
      await acknowledge(session, 250, await session.files!.rename(renaming, to, from));
    },
  },
  // what was under way ended when the command arrived, and has had its reply
  ABOR: { run: ({ control }) => Promise.resolve(control.reply(226, 'nothing is under way')) },
  REST: {
    async run({ control }, argument) {
      if (argument !== '0') throw new FtpRefusal(504, 'a transfer cannot be resumed: send the whole file');
      await control.reply(350, 'from the beginning');
    },
  },
};

const notOffered: FtpCommand = {
  run: () => Promise.reject(new FtpRefusal(502, 'not offered: this server takes files and gives none back')),
};

/** The commands that ftp-srv lacks or gets wrong; the others (CWD, MKD, SIZE, DELE, TYPE, AUTH ...) are its own. */
export const ftpCommands: ReadonlyMap<string, FtpCommand> = new Map(
  Object.entries({
    ...loginCommands,
    ...dataCommands,
    ...fileCommands,
    ...listingCommands,
    RETR: notOffered,
    STOU: notOffered,
    SITE: notOffered,
  }),
);
