// `npm run bench:kafka`: the benches that compare with Kafka's and MongoDB's own clients, and the two profiles; on the given servers or on its own.
import { spawnSync } from 'node:child_process';
import { node, prepare, root } from './prepare.mjs';
import { openServers } from './servers.mjs';

prepare();
const servers = await openServers(['KAFKA_BROKERS', 'MONGO_URL']);
process.stdout.write(`${servers.described.join('\n')}\n`);
const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const { status } = spawnSync(
  node,
  ['bench/dist/index.js', ...process.argv.slice(2), ...(named.length > 0 ? [] : ['kafka', 'mongo', 'profiles'])],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...servers.environment } },
);
await servers.close();
process.exit(status ?? 1);
