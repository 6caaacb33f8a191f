import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Readiness } from './readiness.ts';

const whatOf = async (readiness: Readiness) => (await readiness.missing()).map(({ what }) => what);

test('a service is ready once it has started, and not while it waits for a server or ends', async () => {
  const readiness = new Readiness('counting');
  assert.deepEqual(await whatOf(readiness), ['start']);
  readiness.starts('Kafka does not answer');
  assert.deepEqual(
    (await readiness.missing()).map(({ service, reason }) => `${service}: ${reason}`),
    ['counting: Kafka does not answer'],
  );
  readiness.started([], () => []);
  assert.deepEqual(await whatOf(readiness), []);
  readiness.stops();
  assert.deepEqual(await whatOf(readiness), ['stop']);
});

test('a group that cannot go on makes its service not ready, since the same moment, until it goes on', async () => {
  let lastError: string | undefined = 'many bugs';
  const readiness = new Readiness('counting');
  readiness.started([], () => [
    { group: 'doubling', active: true, ...(lastError && { lastError }) },
    { group: 'standing-by', active: false },
  ]);
  const [first] = await readiness.missing();
  assert.deepEqual([first!.what, first!.reason], ['group doubling', 'many bugs']);
  lastError = 'still many';
  const [later] = await readiness.missing();
  assert.deepEqual([later!.since, later!.reason], [first!.since, 'still many']);
  lastError = undefined;
  assert.deepEqual(await whatOf(readiness), []);
});

test('a server is asked once for all who want to know within some seconds', async () => {
  let asked = 0;
  const readiness = new Readiness('counting');
  const ping = async () => {
    asked++;
    throw new Error('away');
  };
  readiness.started([{ name: 'MongoDB', ping }], () => []);
  const answers = await Promise.all([whatOf(readiness), whatOf(readiness), whatOf(readiness)]);
  assert.deepEqual(answers, [['MongoDB'], ['MongoDB'], ['MongoDB']]);
  assert.equal(asked, 1);
});
