// pnpm bench [--json] [--quick] [names...]: what the pipeline does in a second, and what that costs.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, BenchOptions } from './bench.ts';
import { disk } from './disk.ts';
import { ftp } from './ftp.ts';
import { kafka } from './kafka.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { mongo } from './mongo.ts';
import { preparePairs } from './pair.ts';
import { pipeline } from './pipeline.ts';
import { profiles } from './profiles.ts';
import { report } from './report.ts';

const embedded: Readonly<Record<string, Bench>> = { pipeline, ftp, latency, memory, disk };
/** Run where they are named: `npm run bench:kafka`. */
const onServers: Readonly<Record<string, Bench>> = { kafka, mongo, profiles };
const benches = { ...embedded, ...onServers };

function servers() {
  const { KAFKA_BROKERS: kafkaBrokers, MONGO_URL: mongoUrl } = process.env;
  if (kafkaBrokers && mongoUrl) return { kafkaBrokers, mongoUrl };
  throw new Error('set KAFKA_BROKERS and MONGO_URL, or use `npm run bench:kafka`, which starts both');
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`no bench is named ${unknown.join(', ')}: choose of ${Object.keys(benches).join(', ')}\n`);
  process.exit(1);
}
const tell = report(values.json);
tell({ name: 'machine: load before', value: loadavg()[0]!, unit: `of ${cpus().length} cores` });
let prepared: ReturnType<typeof preparePairs> | undefined;
const start: BenchOptions['start'] = async (options) => {
  prepared ??= preparePairs(values.quick ? 200 : 1000);
  return (await prepared).start(options);
};
try {
  for (const [name, bench] of Object.entries(benches))
    if (positionals.length === 0 ? name in embedded : positionals.includes(name))
      await bench({ quick: values.quick, start, tell, servers });
} finally {
  (await prepared)?.clear();
}
