import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { eventually } from '@quantrac/testing';
import { Client } from 'basic-ftp';
import { account, type Instance } from './intake-node.ts';

/** A file as a logger has it. */
export interface LoggerFile {
  readonly path: string;
  readonly text: string;
}

/** Sends a file until it is acknowledged, however often the node is gone meanwhile. */
export type Sender = (file: LoggerFile) => Promise<void>;

/** The node may be gone a dozen times for as long as it takes to start on a busy machine. */
const patience = { withinMs: 300_000, everyMs: 20 };

export const overHttp =
  (instance: Instance): Sender =>
  ({ path, text }) =>
    eventually(async () => {
      const [answer] = await instance.upload({ [path]: text });
      if (answer!.outcome === 'unavailable' || answer!.outcome === 'refused') throw new Error(answer!.reason);
    }, patience);

/** As loggers do: into its folder, every other file under an unfinished name that is renamed. */
export function overFtp(instance: Instance): Sender {
  let count = 0;
  return (file) =>
    eventually(async () => {
      const client = await ftpClient(instance);
      try {
        await client.ensureDir(dirname(file.path));
        const name = file.path.slice(file.path.lastIndexOf('/') + 1);
        if (count++ % 2) await client.uploadFrom(Readable.from([file.text]), name);
        else {
          await client.uploadFrom(Readable.from([file.text]), `${name}.tmp`);
          await client.rename(`${name}.tmp`, name);
        }
      } finally {
        client.close();
      }
    }, patience);
}

export async function ftpClient({ ftpPort }: Instance): Promise<Client> {
  const client = new Client(10_000);
  await client.access({ host: '127.0.0.1', port: ftpPort, ...account() });
  return client;
}

/** Into the watched folder; it is acknowledged once it is gone from there. */
export const throughFolder =
  (data: string): Sender =>
  async ({ path, text }) => {
    const inbox = join(data, 'inbox');
    const target = join(inbox, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.part`, text);
    renameSync(`${target}.part`, target);
    await eventually(() => {
      if (lies(inbox, target) || lies(`${inbox}.claimed`, path)) throw new Error(`${path} still lies there`);
    }, patience);
  };

function lies(folder: string, end: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) =>
      join(entry.parentPath, entry.name).endsWith(end),
    );
  } catch (error) {
    // a folder that has gone while it was read
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
