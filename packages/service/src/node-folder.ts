import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import { type Connection, openConnection } from '@quantrac/sqlite';

/** The longest path that a Unix socket can have, with room for its end. */
const SOCKET_PATH_BYTES = 100;

export interface NodeIdentity {
  /** Permanent; part of receipts, records and the journal. */
  readonly node: string;
}

/** What the folder says of its node; undefined: it is new. */
export function knownNode(data: string): string | undefined {
  const file = identityFile(data);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as NodeIdentity).node : undefined;
}

export const newNode = (): string => `n${randomBytes(5).toString('hex')}`;

const identityFile = (data: string): string => join(data, 'node.json');

/** The node's identity, made once for a data folder; whoever comes first makes it. */
export function nodeIdentity(data: string, wanted?: string): NodeIdentity {
  mkdirSync(data, { recursive: true });
  const file = identityFile(data);
  if (!existsSync(file)) propose(file, { node: wanted ?? newNode() });
  const known = JSON.parse(readFileSync(file, 'utf8')) as NodeIdentity;
  if (wanted !== undefined && known.node !== wanted)
    throw Fault.invalid('NodeChanged', `${data} belongs to node ${known.node}, not ${wanted}: use its own folder`);
  return known;
}

/** The file is whole or not there at all; of several that propose at once the first to link is the one that all read. */
function propose(file: string, identity: NodeIdentity): void {
  const draft = `${file}.${randomBytes(5).toString('hex')}`;
  const descriptor = openSync(draft, 'wx');
  try {
    writeSync(descriptor, `${JSON.stringify(identity)}\n`);
    fsyncSync(descriptor);
    linkSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export const storeFile = (data: string, service: string): string => join(resolve(data), `${service}.sqlite`);

/** Where a service of this data folder listens; short enough for every operating system. Whoever only asks makes no folder. */
export function socketPath(data: string, service: string): string {
  const folder = join(resolve(data), 'run');
  const near = join(folder, `${service}.sock`);
  if (Buffer.byteLength(near) <= SOCKET_PATH_BYTES) return near;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `quantrac-${name}`, `${service}.sock`);
}

/** A lock lives as long as its connection, and that must not be collected. */
const held = new Set<Connection>();

/** Holds a data folder for this process; the operating system lets go with the process. Throws the Fault `conflict` when it is held. */
export const lockFolder = (data: string): (() => void) =>
  lock(data, 'node', `another process works on ${resolve(data)}: stop it first, or choose another --data folder`);

/** Holds the place of one service, or of one instance of it, on a data folder: its socket and its members of groups. */
export const lockService = (data: string, service: string): (() => void) =>
  lock(
    data,
    service,
    `${service} runs already on ${resolve(data)}: stop it first, choose another --data folder, or name another QUANTRAC_INSTANCE`,
  );

function lock(data: string, name: string, refusal: string): () => void {
  mkdirSync(data, { recursive: true });
  const connection = openConnection(join(data, `${name}.lock`));
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw Fault.conflict('FolderInUse', refusal);
  }
  held.add(connection);
  return () => {
    held.delete(connection);
    connection.close();
  };
}
