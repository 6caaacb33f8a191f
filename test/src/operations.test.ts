import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { metrics } from '@quantrac/service/telemetry/metrics';

test('docs/operations.md lists every metric as the registry describes it, and no other', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
  const registered = Object.values(metrics).map(({ name, kind, labels, meaning }) => [
    name,
    kind,
    labels.join(', '),
    meaning,
  ]);
  assert.deepEqual(listed, registered);
});
