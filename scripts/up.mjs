// `npm run up`: the composition of docker-compose.yml, with passwords and certificates of its own. What follows goes to `docker compose up`.
import { spawnSync } from 'node:child_process';
import { prepare, root } from './prepare.mjs';

const docker = (args, stdio = 'ignore') => spawnSync('docker', args, { cwd: root, stdio });

/** The first thing that is missing; undefined: nothing is. */
function missing() {
  const { error, status } = docker(['compose', 'version']);
  const instead = 'A node without Docker: npm run quantrac -- up';
  if (error) return `Docker is not installed: see https://docs.docker.com/get-docker/. ${instead}`;
  if (status !== 0) return `Docker has no compose: install its compose plugin, version 2.23 or later. ${instead}`;
  if (docker(['info']).status !== 0) return `the Docker engine does not answer: start it. ${instead}`;
  return undefined;
}

const why = missing();
if (why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
prepare();
// imports what was just compiled
const { makeSecrets } = await import('./compose-secrets.mjs');
const anew = (await makeSecrets(root)) ? ['--force-recreate'] : [];
// Ctrl-C is for docker, which ends its containers in order
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
process.exit(docker(['compose', 'up', '--build', ...anew, ...process.argv.slice(2)], 'inherit').status ?? 1);
