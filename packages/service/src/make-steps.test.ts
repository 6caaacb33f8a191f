import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { sequenceOf } from '@quantrac/contracts';
import { type Message, type Processor, watchNothing } from '@quantrac/stream-processing';
import { pino } from 'pino';
import { openEmbeddedStores } from './embedded-stores.ts';
import { stepMaker } from './make-steps.ts';

/** Writes what it is sent at version 1, whatever stands there. */
const forgetful = (name: string): Processor<null> => ({
  name,
  inputs: [],
  initial: null,
  decide: (state, { data, knownAt }) => {
    const row = { kind: 'row', collection: name, type: 'Said', series: 'said', time: 7, version: 1, knownAt } as const;
    return { state, outputs: [{ ...row, data }] };
  },
});

const message = (key: string, revision: number, data: string): Message => ({
  topic: 'quantrac.said.v1',
  key,
  type: 'Said',
  sequence: sequenceOf(1, revision, 0),
  knownAt: revision,
  id: `said/${key}/${revision}`,
  data,
  value: Buffer.from(JSON.stringify(data)),
});

async function opened(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'steps-'));
  const stores = await openEmbeddedStores(data, 'saying');
  t.after(async () => {
    await stores.close();
    rmSync(data, { recursive: true });
  });
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const definition = () => ({ name: 'saying', topics: [] });
  return { lines, ...stepMaker({ stores, node: 'n1', log, watch: () => watchNothing, definition }) };
}

it('versions that come again with other bytes are logged once a batch and counted in the health of their group', async (t) => {
  const { lines, step, withContradicted } = await opened(t);
  const health = [
    { group: 'fed', active: false, lastError: 'disk full' },
    { group: 'calm', active: true },
  ];
  const [fed, unfed] = [step(forgetful('fed')), step(forgetful('unfed'))];
  await fed.take([message('a', 1, 'one'), message('b', 1, 'one')]);
  await unfed.take([message('a', 1, 'one')]);
  assert.deepEqual([lines, withContradicted(health)], [[], health]);
  await fed.take([message('a', 2, 'two'), message('b', 2, 'two'), message('c', 1, 'one')]);
  await fed.take([message('a', 3, 'three')]);
  await unfed.take([message('a', 2, 'one'), message('a', 3, 'two')]);
  const at = (collection: string) => ({ collection, key: 'a', series: 'said', time: 7, version: 1 });
  const msg = 'versions that stand came again with other bytes';
  assert.deepEqual(
    lines.map(({ time: _, pid: __, hostname: ___, ...line }) => line),
    [
      { level: 50, group: 'fed', versions: 2, first: at('fed'), msg },
      { level: 50, group: 'fed', versions: 1, first: at('fed'), msg },
      { level: 50, group: 'unfed', versions: 1, first: at('unfed'), msg },
    ],
  );
  assert.deepEqual(withContradicted(health), [
    { ...health[0], contradicted: 3 },
    health[1],
    { group: 'unfed', active: true, contradicted: 1 },
  ]);
});
