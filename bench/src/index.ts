// pnpm bench [--json] [--quick] [names...]: what the pipeline does in a second, and what that costs.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { disk } from './disk.ts';
import { ftp } from './ftp.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { preparePairs } from './pair.ts';
import { pipeline } from './pipeline.ts';
import { report } from './report.ts';

const benches: Readonly<Record<string, Bench>> = { pipeline, ftp, latency, memory, disk };

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
const { start, clear } = await preparePairs(values.quick ? 200 : 1000);
try {
  for (const [name, bench] of Object.entries(benches))
    if (positionals.length === 0 || positionals.includes(name)) await bench({ quick: values.quick, start, tell });
} finally {
  clear();
}
