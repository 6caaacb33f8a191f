import { ownNames } from '@quantrac/service';
import type { ProvinceApart } from './apart.ts';
import type { Bench } from './bench.ts';
import { CHANNELS, filesOfHour, HOUR_MS } from './fleet.ts';
import type { Pair } from './pair.ts';
import { startPairOnServers } from './pair.ts';
import { byHttpTogether, hourThrough, type Run, warmUp } from './pipeline.ts';
import { median } from './report.ts';

const ROUNDS = 3;
const MB = 2 ** 20;

/**
 * The whole pipeline on Kafka and MongoDB, in one process and in one a service, against the embedded default: hours of all in turns, to the
 * national acknowledgement.
 */
export const profiles: Bench = async ({ quick, start, tell, servers }) => {
  const embedded = await start();
  const storesOf = (data: string) => ({ ...servers(), ...ownNames(data) });
  const onServers = await startPairOnServers(embedded.fleet.length, { storesOf });
  const apart = await startPairOnServers(embedded.fleet.length, { storesOf, apart: true });
  try {
    const pairs = { embedded, 'on Kafka and MongoDB': onServers, 'there, a process a service': apart };
    const runs: Record<string, Run[]> = {};
    let from = 0;
    for (const pair of Object.values(pairs)) from = await warmUp(pair);
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++, from += HOUR_MS)
      for (const [name, pair] of Object.entries(pairs)) {
        const files = filesOfHour(pair.fleet, from);
        runs[name] = [...(runs[name] ?? []), await hourThrough(pair, files, byHttpTogether, from + HOUR_MS)];
      }
    const rate = (name: string) => median(runs[name]!.map(({ files, seconds }) => (files * CHANNELS) / seconds));
    for (const [name, pair] of Object.entries(pairs)) {
      const against = name === 'embedded' ? {} : { against: 'embedded', ratio: rate(name) / rate('embedded') };
      tell({ name: `profiles, ${name}`, value: rate(name), unit: 'readings/s', ...against });
      await tellUse(name, pair, runs[name]!, tell);
    }
  } finally {
    await embedded.stop();
    await onServers.stop();
    await apart.stop();
  }
};

async function tellUse(
  name: string,
  { province, national }: Pair,
  runs: readonly Run[],
  tell: Parameters<Bench>[0]['tell'],
): Promise<void> {
  const cpu = {
    province: median(runs.map((run) => run.provinceUs)),
    national: median(runs.map((run) => run.nationalUs)),
  };
  for (const [tier, node] of Object.entries({ province, national })) {
    tell({ name: `profiles, ${name}: ${tier}`, value: cpu[tier as keyof typeof cpu], unit: 'CPU \u00b5s/file' });
    tell({ name: `profiles, ${name}: ${tier}`, value: (await node.usage()).rss / MB, unit: 'MB resident' });
  }
  if ('usages' in province)
    for (const [service, { rss }] of (province as ProvinceApart).usages())
      tell({ name: `profiles, ${name}: ${service}`, value: rss / MB, unit: 'MB resident' });
}
