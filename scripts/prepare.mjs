// Brings a fresh clone to where it can run, with nothing but Node 20 and npm: packages, a Node 24 of its own, compiled code.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

/** Everything runs on the Node that the lock file names, not on the machine's. */
export const node = join(bin, 'node');

export const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

/** Runs a command to its end; its output is shown when it fails. True: it ended well. */
export function run(command, args, { show = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: show ? 'inherit' : 'pipe',
  });
  if (status === 0) return true;
  if (!show)
    process.stderr.write(`${command} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error ? `${error}\n` : ''}`);
  return false;
}

export function prepare() {
  const start = Date.now();
  if (!installed() && !install()) process.exit(1);
  if (!run(join(bin, 'tsc'), ['-b'])) process.exit(1);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stderr.write(`ready in ${seconds} s\n`);
}

const installed = () => {
  const made = join(root, 'node_modules', '.modules.yaml');
  return (
    existsSync(made) && existsSync(node) && statSync(made).mtimeMs >= statSync(join(root, 'pnpm-lock.yaml')).mtimeMs
  );
};

function install() {
  process.stderr.write('installing packages ...\n');
  const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return run('npx', ['--yes', config.pnpm, 'install', '--frozen-lockfile', '--prefer-offline']);
}
