import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ForwardingPolicy, forwarding, topicsOf } from './forwarding-policy.ts';

const policy: ForwardingPolicy = [
  { from: '2026-03-01T00:00:00.000Z', records: { sets: ['SetChecked'], reviews: ['ReviewRecorded'] } },
  { from: null, records: { sets: ['SetChecked', 'IntakeAdvanced'] } },
];

describe('the forwarding policy', () => {
  test('lets a record in by the rule that held when it became known', () => {
    const forwards = forwarding(policy);
    const [before, at] = ['2026-02-28T23:59:59.999Z', '2026-03-01T00:00:00.000Z'];
    assert.equal(forwards('sets', 'IntakeAdvanced', before), true);
    assert.equal(forwards('sets', 'IntakeAdvanced', at), false);
    assert.equal(forwards('reviews', 'ReviewRecorded', before), false);
    assert.equal(forwards('reviews', 'ReviewRecorded', at), true);
    assert.equal(forwards('other', 'SetChecked', at), false);
  });

  test('lets nothing in before its first rule began', () => {
    assert.equal(forwarding(policy.slice(0, 1))('sets', 'SetChecked', '2026-01-01T00:00:00.000Z'), false);
  });

  test('names every topic that any rule needs', () => {
    assert.deepEqual(topicsOf(policy), ['sets', 'reviews']);
  });
});
