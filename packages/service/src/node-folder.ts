import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import { type Connection, openConnection } from '@quantrac/sqlite';

/** The longest path that a Unix socket can have, with room for its end. */
const SOCKET_PATH_BYTES = 100;

export interface NodeIdentity {
  /** Permanent; part of receipts, records and the journal. */
  readonly node: string;
}

/** The node's identity, made once for a data folder; whoever comes first makes it. */
export function nodeIdentity(data: string, wanted?: string): NodeIdentity {
  mkdirSync(data, { recursive: true });
  const file = join(data, 'node.json');
  const made: NodeIdentity = { node: wanted ?? `n${randomBytes(5).toString('hex')}` };
  try {
    writeFileSync(file, `${JSON.stringify(made)}\n`, { flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const known = JSON.parse(readFileSync(file, 'utf8')) as NodeIdentity;
  if (wanted !== undefined && known.node !== wanted)
    throw Fault.invalid('NodeChanged', `${data} belongs to node ${known.node}, not ${wanted}: use its own folder`);
  return known;
}

export const storeFile = (data: string, service: string): string => join(resolve(data), `${service}.sqlite`);

/** Where a service of this data folder listens; short enough for every operating system. */
export function socketPath(data: string, service: string): string {
  const folder = join(resolve(data), 'run');
  const near = join(folder, `${service}.sock`);
  if (Buffer.byteLength(near) <= SOCKET_PATH_BYTES) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return near;
  }
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const far = join(tmpdir(), `quantrac-${name}`);
  mkdirSync(far, { recursive: true, mode: 0o700 });
  return join(far, `${service}.sock`);
}

/** A lock lives as long as its connection, and that must not be collected. */
const held = new Set<Connection>();

/** Holds a data folder for this process; the operating system lets go with the process. Throws the Fault `conflict` when it is held. */
export function lockFolder(data: string, name = 'node'): () => void {
  mkdirSync(data, { recursive: true });
  const connection = openConnection(join(data, `${name}.lock`));
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw Fault.conflict(
      'FolderInUse',
      `another process works on ${resolve(data)}: stop it first, or choose another --data folder`,
    );
  }
  held.add(connection);
  return () => {
    held.delete(connection);
    connection.close();
  };
}
