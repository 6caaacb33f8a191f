// The `quantrac` command from a clone: prepares what is missing, then hands over.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, node, prepare, root } from './prepare.mjs';

prepare();
const command = join(root, 'services', 'standalone', 'dist', 'cli.js');
const child = spawn(node, ['--enable-source-maps', command, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: environment,
});
// Ctrl-C reaches the whole group, a signal to this process alone does not: it is passed on, and told twice it ends all the same.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
