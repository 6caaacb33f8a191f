import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Findings, notCounted } from './counts.ts';

const measured: Findings = { hasValue: true, status: '00', flag: 1, declared: false, decision: undefined };
const reason = (changed: Partial<Findings>) => notCounted({ ...measured, ...changed });

test('pass, not evaluated and suspect count', () => {
  for (const flag of [1, 2, 3] as const) assert.equal(reason({ flag }), undefined);
});

test('each reason not to count is told', () => {
  assert.equal(reason({ hasValue: false, flag: 9 }), 'missing');
  assert.equal(reason({ status: '01', flag: 3 }), 'calibration');
  assert.equal(reason({ status: '02', flag: 4 }), 'device-error');
  assert.equal(reason({ flag: 4 }), 'failed');
  assert.equal(reason({ declared: true }), 'declared-period');
  assert.equal(reason({ decision: 'rejected' }), 'rejected');
  assert.equal(reason({ decision: 'withdrawn' }), 'withdrawn');
});

test('a person may let a failed reading count, but not one that was not measured or is declared', () => {
  for (const decision of ['accepted', 'corrected'] as const) {
    assert.equal(reason({ flag: 4, decision }), undefined);
    assert.equal(reason({ status: '01', decision }), 'calibration');
    assert.equal(reason({ status: '02', flag: 4, decision }), 'device-error');
    assert.equal(reason({ declared: true, decision }), 'declared-period');
    assert.equal(reason({ hasValue: false, flag: 9, decision }), 'missing');
  }
});
