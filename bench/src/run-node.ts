// A node as a process of its own: told what to start by its argument, answers what it has used, and stops when asked.
import { type NodeOptions, startNode } from '@quantrac/standalone';
import type { Asked, Told } from './node-process.ts';

const tell = (message: Told): void => void process.send!(message);
const node = await startNode(JSON.parse(process.argv[2]!) as NodeOptions);

process.on('message', (asked: Asked) => {
  if (asked === 'stop') void node.stop().then(() => process.exit(0));
  else tell({ told: 'usage', cpuMs: cpuMs(), rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
tell({ told: 'started' });

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
