import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { EpisodeRecorded } from '@quantrac/contracts';
import type { Heartbeat } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import type { Peer } from '@quantrac/service';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const ANSWER_WITHIN_MS = 2000;

/** What a node says of itself once a minute. */
export async function heartbeat(data: string, size: number, now: number, alerting: Peer): Promise<Heartbeat> {
  const { bavail, bsize } = await statfs(data);
  const sentAt = new Date(now).toISOString();
  const lateStations = await stationsLate(alerting);
  return { size: BigInt(size), sentAt, version, diskFree: BigInt(bavail * bsize), lateStations };
}

/** Stations from which nothing comes though it is due; undefined: alerting cannot say. */
async function stationsLate(alerting: Peer): Promise<number | undefined> {
  const asked = { rule: 'outage', state: 'open', limit: 10_000 };
  const open = alerting.query<EpisodeRecorded>('episodes', asked, { withinMs: ANSWER_WITHIN_MS });
  return open.then((episodes) => new Set(episodes.map(({ station }) => station)).size).catch(() => undefined);
}
