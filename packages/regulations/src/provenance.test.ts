import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inForce, type Provenance, together, unconfirmed } from './provenance.ts';

const provenance = (fields: Partial<Provenance>): Provenance => ({
  source: 'a circular',
  mark: 'V',
  recordedOn: '2026-01-10',
  ...fields,
});

test('general knowledge and the unknown are unconfirmed', () => {
  assert.deepEqual(
    (['V', 'C', 'G', 'U'] as const).map((mark) => unconfirmed(provenance({ mark }))),
    [false, false, true, true],
  );
});

test('a rule holds from its first day to its last, both included', () => {
  const row = { provenance: provenance({ validFrom: '2026-01-01', validTo: '2026-06-30' }) };
  const holds = (day: string) => inForce([row], day).length === 1;
  assert.deepEqual(['2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01'].map(holds), [false, true, true, false]);
});

test('an old day can be judged by what was recorded then or by what is recorded now', () => {
  const wrong = { upper: '50', provenance: provenance({ replacedOn: '2026-03-01' }) };
  const right = { upper: '45', provenance: provenance({ recordedOn: '2026-03-01' }) };
  const upper = (knownOn?: string) => inForce([wrong, right], '2026-01-15', knownOn).map((row) => row.upper);
  assert.deepEqual(upper(), ['45']);
  assert.deepEqual(upper('2026-01-09'), []);
  assert.deepEqual(upper('2026-02-28'), ['50']);
  assert.deepEqual(upper('2026-03-01'), ['45']);
});

test('what follows from several rules is as weak as the weakest and holds while all hold', () => {
  assert.deepEqual(
    together([
      provenance({ validFrom: '2020-01-01', validTo: '2031-12-31', note: 'one' }),
      provenance({ mark: 'G', source: 'another', validFrom: '2022-01-10', recordedOn: '2026-02-01' }),
      provenance({ mark: 'C' }),
    ]),
    {
      source: 'a circular; another',
      mark: 'G',
      validFrom: '2022-01-10',
      validTo: '2031-12-31',
      recordedOn: '2026-02-01',
      note: 'one',
    },
  );
});
