// Takes the contracts as they are now for published: what later breaks them is refused. To be run with a release.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from './generate.mjs';
import { prepare, root, run } from './prepare.mjs';

prepare();
const folder = join(root, 'published');
mkdirSync(folder, { recursive: true });
const { publicTopics } = await import('../packages/contracts/dist/published.js');
writeFileSync(join(folder, 'topics.json'), `${JSON.stringify(publicTopics(), null, 1)}\n`);
const bin = (name) => join(root, 'node_modules', '.bin', name);
const done =
  generate() &&
  run(bin('biome'), ['format', '--write', 'published']) &&
  run(bin('buf'), ['build', '--exclude-source-info', '-o', join(folder, 'grpc.binpb')]);
process.exit(done ? 0 : 1);
