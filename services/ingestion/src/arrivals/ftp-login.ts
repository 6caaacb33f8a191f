import { setTimeout as delay } from 'node:timers/promises';
import { isFault } from '@quantrac/event-sourcing';
import type { AccountFiles } from './account-files.ts';
import { virtualPath } from './arrival-path.ts';
import { FtpRefusal } from './ftp-refusal.ts';
import type { FtpCommand, FtpSession } from './ftp-session.ts';

const user: FtpCommand = {
  beforeLogin: true,
  async run(session, account) {
    const { control } = session;
    session.files = undefined;
    control.authenticated = false;
    control.username = account === '' ? undefined : account;
    // the same for everybody: whether the account exists shows nowhere
    await control.reply(331, 'send the password');
  },
};

const pass: FtpCommand = {
  beforeLogin: true,
  async run(session, password) {
    const { control, host, from } = session;
    const account = control.username;
    if (account === undefined) throw new FtpRefusal(503, 'send USER first');
    const began = performance.now();
    const waitMs = host.guard.waitMs(from, account, began);
    if (waitMs > 0) return tooManyFailures(session, account, waitMs);
    const login = await verified(session, account, password);
    if (login === undefined) return;
    if (!login.ok) {
      host.guard.failed(from, account, performance.now());
      host.log.info({ way: 'ftp', from, account }, 'login refused');
      await delay(host.limits.failedLoginMs - (performance.now() - began));
      throw new FtpRefusal(530, 'account or password is wrong, or the account demands encryption (AUTH TLS)');
    }
    host.guard.succeeded(from, account, performance.now());
    session.files = host.filesOf(login.account);
    session.folder = '';
    control.fs = ftpSrvFileSystem(session, session.files);
    control.authenticated = true;
    await control.reply(230, 'logged in');
  },
};

export const loginCommands: Readonly<Record<string, FtpCommand>> = { USER: user, PASS: pass };

const verified = async (session: FtpSession, account: string, password: string) => {
  const { control, host, from } = session;
  try {
    return await host.credentials.check(account, password, { way: 'ftp', secure: control.secure, from });
  } catch (error) {
    if (!isFault(error) || error.kind !== 'unavailable') throw error;
    host.log.warn({ err: error }, 'logins cannot be checked');
    await control.close(421, 'logins cannot be checked now: try again later');
    return undefined;
  }
};

const tooManyFailures = async (session: FtpSession, account: string, waitMs: number): Promise<void> => {
  session.host.log.warn({ way: 'ftp', from: session.from, account }, 'too many failed logins');
  await session.control.close(421, `too many failed logins: try again in ${Math.ceil(waitMs / 60_000)} min`);
};

/** What ftp-srv's own CWD, CDUP, PWD, MKD, RMD, DELE, SIZE, MDTM and STAT ask; what it throws they answer with 550. */
const ftpSrvFileSystem = (session: FtpSession, files: AccountFiles) => {
  const at = (path: string | null | undefined) => virtualPath(path ?? '', session.folder);
  const entry = (name: string, size: number, mtime: Date, folder: boolean) => ({
    name,
    size,
    mtime,
    isDirectory: () => folder,
  });
  return {
    currentDirectory: () => `/${session.folder}`,
    get(path: string | null) {
      const file = files.file(at(path));
      if (file === undefined) throw new Error('no such file');
      return entry(path ?? '', file.size, file.at, false);
    },
    list: (path: string) => files.entries(at(path)).map((each) => entry(each.name, each.size, each.at, each.folder)),
    chdir(path: string | null) {
      session.folder = at(path);
      files.makeFolder(session.folder);
      return `/${session.folder}`;
    },
    mkdir(path: string | null) {
      files.makeFolder(at(path));
      return `/${at(path)}`;
    },
    delete: (path: string | null) => files.remove(at(path)),
  };
};
