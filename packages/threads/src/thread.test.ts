import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { Thread } from './thread.ts';

const said: unknown[] = [];
const open = () =>
  new Thread(new URL('./testing/obedient.js', import.meta.url), {
    workerData: undefined,
    ended: (cause) => Fault.unavailable('Ended', cause.message, cause),
    told: (message) => said.push(message),
  });

test('each question is answered, a Fault with its kind and code, a bug as what it is', async () => {
  const thread = open();
  const answers = ['fault', 'greet', 'bug'].map((deed) => thread.ask({ deed }));
  const [fault, greeting, bug] = await Promise.allSettled(answers);
  await thread.close({ deed: 'close' });
  assert.deepEqual(greeting, { status: 'fulfilled', value: 'hello' });
  const { reason } = fault as PromiseRejectedResult;
  assert.ok(isFault(reason, 'NameTaken') && reason.kind === 'conflict' && reason.message === 'choose another');
  const { message, stack } = (bug as PromiseRejectedResult).reason as Error;
  assert.ok(message === 'x is not a function' && stack!.includes('obedient'));
});

test('what a thread says unasked is heard and answers nobody', async () => {
  const thread = open();
  await thread.ask({ deed: 'speak' });
  await thread.close({ deed: 'close' });
  assert.deepEqual(said, [{ said: 'unasked' }]);
});

test('who waits for a thread that ends, or asks it later, is told so, and it can be closed', async () => {
  const thread = open();
  const asked = [thread.ask({ deed: 'die' }), thread.ask({ deed: 'greet' })];
  for (const each of asked) await assert.rejects(each, (error) => isFault(error, 'Ended'));
  await assert.rejects(thread.ask({ deed: 'greet' }), (error) => isFault(error, 'Ended'));
  await thread.close({ deed: 'close' });
});
