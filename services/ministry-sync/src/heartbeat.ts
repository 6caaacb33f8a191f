import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Heartbeat } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** What a node says of itself once a minute. */
export async function heartbeat(data: string, size: number, now: number): Promise<Heartbeat> {
  const { bavail, bsize } = await statfs(data);
  return { size: BigInt(size), sentAt: new Date(now).toISOString(), version, diskFree: BigInt(bavail * bsize) };
}
