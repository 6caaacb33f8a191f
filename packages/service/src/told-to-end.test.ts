import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { Stops } from './stops.ts';

test('what was begun is ended in the reverse order, and whoever asks knows what is left', async () => {
  const stops = new Stops();
  const ended: string[] = [];
  const left: (readonly string[])[] = [];
  for (const what of ['stores', 'relays', 'consumers'])
    stops.push(what, () => {
      left.push(stops.left());
      ended.push(what);
      if (what === 'relays') throw new Error('a relay cannot be ended');
    });
  await assert.rejects(Promise.all([stops.run(), stops.run()]), /a relay cannot be ended/);
  assert.deepEqual(ended, ['consumers', 'relays', 'stores']);
  assert.deepEqual(left, [['consumers', 'relays', 'stores'], ['relays', 'stores'], ['stores']]);
  assert.deepEqual(stops.left(), []);
});

const endless = `
  import { pino } from 'pino';
  import { cutAfter, toldToEnd } from ${JSON.stringify(new URL('./told-to-end.js', import.meta.url).href)};
  const told = toldToEnd();
  cutAfter({ told, withinMs: 50, left: () => ['consumers', 'stores'], log: pino() });
  setInterval(() => {}, 1000);
  console.log('begun');
`;

test('a process whose end takes longer than it may is cut, with what was left in its log', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', endless], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text) => {
    if (said === '') child.kill('SIGTERM');
    said += String(text);
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  const { left, level } = JSON.parse(said.trim().split('\n').at(-1)!);
  assert.deepEqual([left, level], [['consumers', 'stores'], 50]);
});
