import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { filesOfHour, HOUR_MS, START } from './fleet.ts';
import type { NodeProcess } from './node-process.ts';
import { byHttpTogether, hourThrough } from './pipeline.ts';

const REST_MS = 3000;
const LOOK_MS = 200;
const MB = 1 << 20;

/** Resident memory of both processes: after a start with 1,000 stations, and at its highest under load. */
export const memory: Bench = async ({ quick, start, tell }) => {
  const pair = await start();
  try {
    await sleep(REST_MS);
    const nodes = { province: pair.province, 'national tier': pair.national };
    for (const [name, node] of Object.entries(nodes))
      tell({ name: `memory at rest: ${name}`, value: (await node.usage()).rss / MB, unit: 'MB' });
    const peaks = Object.entries(nodes).map(([name, node]) => ({ name, peak: watchPeak(node) }));
    for (let hour = 0; hour < (quick ? 1 : 3); hour++) {
      const from = START + hour * HOUR_MS;
      await hourThrough(pair, filesOfHour(pair.fleet, from), byHttpTogether, from + HOUR_MS);
    }
    for (const { name, peak } of peaks)
      tell({ name: `memory under load: ${name}`, value: (await peak.stop()) / MB, unit: 'MB' });
  } finally {
    await pair.stop();
  }
};

function watchPeak(node: NodeProcess): { stop(): Promise<number> } {
  let highest = 0;
  let stopping = false;
  const watching = (async () => {
    while (!stopping) {
      highest = Math.max(highest, (await node.usage()).rss);
      await sleep(LOOK_MS);
    }
  })();
  return {
    async stop() {
      stopping = true;
      await watching;
      return highest;
    },
  };
}
