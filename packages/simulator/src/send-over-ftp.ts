import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { Client, FTPError } from 'basic-ftp';
import type { Delivery } from './deliveries.ts';

export interface FtpTarget {
  readonly host: string;
  readonly port: number;
  readonly accountOf: (stationCode: string) => FtpAccount;
  /** Explicit TLS. */
  readonly secure?: boolean;
}

export interface FtpAccount {
  readonly user: string;
  readonly password: string;
}

export interface FtpAnswer {
  readonly path: string;
  readonly outcome: 'stored' | 'refused';
  /** The server's words. */
  readonly reason?: string;
}

type Upload = Pick<Delivery, 'stationCode' | 'path' | 'bytes' | 'renames'>;

/**
 * Uploads as loggers do: a session an account, MKD and CWD to the folder, then STOR under `.tmp` and RNFR, RNTO, or STOR
 * under the last name. What the server refuses is an answer; a session that breaks throws.
 */
export async function sendOverFtp(target: FtpTarget, deliveries: readonly Upload[]): Promise<readonly FtpAnswer[]> {
  const answers = new Map<Upload, FtpAnswer>();
  const byUser = Map.groupBy(deliveries, ({ stationCode }) => target.accountOf(stationCode).user);
  for (const uploads of byUser.values()) {
    const client = new Client(30_000);
    try {
      await logIn(client, target, uploads[0]!.stationCode);
      const store = storing(client);
      for (const upload of uploads) answers.set(upload, await refusable(upload, () => store(upload)));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      for (const upload of uploads)
        if (!answers.has(upload)) answers.set(upload, { path: upload.path, outcome: 'refused', reason: error.message });
    } finally {
      client.close();
    }
  }
  return deliveries.map((delivery) => answers.get(delivery)!);
}

async function logIn(client: Client, target: FtpTarget, stationCode: string): Promise<void> {
  const { host, port, secure = false } = target;
  const { user, password } = target.accountOf(stationCode);
  // A test machine's own certificate: the simulator tries protocols, it guards nothing.
  await client.access({ host, port, user, password, secure, secureOptions: { rejectUnauthorized: false } });
}

/** A logger stays in the folder that it has gone to, until a file belongs elsewhere or something was refused. */
function storing(client: Client): (upload: Upload) => Promise<void> {
  let folderNow: string | undefined;
  return async ({ path, bytes, renames }) => {
    const folder = posix.dirname(path);
    const isThere = folder === folderNow;
    folderNow = undefined;
    if (!isThere) await client.cd('/');
    if (!isThere && folder !== '.') await client.ensureDir(folder);
    const name = posix.basename(path);
    await client.uploadFrom(Readable.from([bytes]), renames ? `${name}.tmp` : name);
    if (renames) await client.rename(`${name}.tmp`, name);
    folderNow = folder;
  };
}

async function refusable({ path }: Upload, send: () => Promise<void>): Promise<FtpAnswer> {
  try {
    await send();
    return { path, outcome: 'stored' };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { path, outcome: 'refused', reason: error.message };
  }
}

/** 421: the server closes the session, whatever was asked. */
const isRefusal = (error: unknown): error is FTPError => error instanceof FTPError && error.code !== 421;
