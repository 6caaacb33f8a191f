import type { SeenEntry } from './account-files.ts';
import { virtualPath } from './arrival-path.ts';
import { FtpRefusal } from './ftp-refusal.ts';
import type { FtpCommand, FtpSession, RawLine } from './ftp-session.ts';
import { sendWhole, transferring } from './ftp-transfer.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const longLine = ({ name, folder, size, at }: SeenEntry): string => {
  const day = String(at.getUTCDate()).padStart(2);
  const date = `${months[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 16)}`;
  return `${folder ? 'drwxr-xr-x' : '-rw-r--r--'} 1 ftp ftp ${String(size).padStart(12)} ${date} ${name}`;
};

/** RFC 3659, 7.2. */
const facts = ({ name, folder, size, at }: SeenEntry): string => {
  const modify = at.toISOString().replace(/[-:T]|\..*$/g, '');
  return `type=${folder ? 'dir' : 'file'};${folder ? '' : `size=${size};`}modify=${modify}; ${name}`;
};

const nameOnly = ({ name }: SeenEntry): string => name;

/** What stands in a folder, or the one file; as everywhere, 550 for what is not there. */
const entriesAt = (session: FtpSession, argument: string): readonly SeenEntry[] => {
  const files = session.files!;
  const path = virtualPath(argument, session.folder);
  const file = files.file(path);
  if (file !== undefined) return [{ ...file, name: argument, folder: false }];
  if (files.isFolder(path)) return files.entries(path);
  throw new FtpRefusal(550, 'no such file or folder');
};

const listing = (lineOf: (entry: SeenEntry) => string): FtpCommand => ({
  async run(session, argument) {
    // clients add flags that mean something to ls only
    const text = entriesAt(session, argument.replace(/^(-\w+ *)+/, ''))
      .map((entry) => `${lineOf(entry)}\r\n`)
      .join('');
    await transferring(session, (socket) => sendWhole(socket, text, session.host.limits.idleMs));
    await session.control.reply(226, 'listed');
  },
});

const raw = (message: string): RawLine => ({ raw: true, message: ` ${message}` });

export const listingCommands: Readonly<Record<string, FtpCommand>> = {
  LIST: listing(longLine),
  NLST: listing(nameOnly),
  MLSD: listing(facts),
  MLST: {
    async run(session, argument) {
      const path = virtualPath(argument, session.folder);
      const file = session.files!.file(path) ?? { size: 0, at: new Date() };
      const folder = session.files!.isFolder(path);
      if (!folder && session.files!.file(path) === undefined) throw new FtpRefusal(550, 'no such file or folder');
      await session.control.reply(250, 'as follows', raw(facts({ ...file, name: `/${path}`, folder })), 'end');
    },
  },
  FEAT: {
    beforeLogin: true,
    async run({ control, host }) {
      const encryption = host.secureContext === undefined ? [] : ['AUTH TLS', 'PBSZ', 'PROT'];
      const features = ['UTF8', 'SIZE', 'MDTM', 'EPSV', 'EPRT', 'MLST type*;size*;modify*;', ...encryption];
      await control.reply(211, 'Extensions', ...features.map(raw), 'End');
    },
  },
};
