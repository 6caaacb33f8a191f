import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlacedReading } from './place-lines.ts';
import { revise } from './revise-set.ts';

const reading = (channel: string, value: string | null, changed: Partial<PlacedReading> = {}): PlacedReading => ({
  channel,
  value,
  unit: 'mg/L',
  status: '00',
  time: 0,
  line: 1,
  ...changed,
});

const first = revise(undefined, [reading('TSS', '10'), reading('COD', '45.30')], 'n1/1')!;

describe('revising a set', () => {
  it('the first readings make its first revision, by channel', () => {
    assert.deepEqual(first, {
      revision: 1,
      readings: [
        { channel: 'COD', value: '45.30', unit: 'mg/L', status: '00', revision: 1, receipt: 'n1/1' },
        { channel: 'TSS', value: '10', unit: 'mg/L', status: '00', revision: 1, receipt: 'n1/1' },
      ],
    });
  });

  it('names only what it changes: other readings keep their revision and receipt, absence withdraws nothing', () => {
    const next = revise(first, [reading('COD', '45.31')], 'n1/2')!;
    assert.deepEqual(
      next.readings.map(({ channel, value, revision, receipt }) => [channel, value, revision, receipt]),
      [
        ['COD', '45.31', 2, 'n1/2'],
        ['TSS', '10', 1, 'n1/1'],
      ],
    );
  });

  it('an equal number, unit and status change nothing, however they are written', () => {
    assert.equal(revise(first, [reading('COD', '45.3'), reading('TSS', '10.0', { unit: 'MG/l' })], 'n1/2'), undefined);
  });

  it('another status, unit, qualifier or the lack of a value is a change', () => {
    const changes = [{ status: '01' as const }, { unit: 'g/L' }, { qualifier: '<' as const }, { value: null }];
    for (const change of changes) assert.equal(revise(first, [reading('TSS', '10', change)], 'n1/2')?.revision, 2);
    const none = revise(undefined, [reading('COD', null)], 'n1/1')!;
    assert.equal(revise(none, [reading('COD', null)], 'n1/2'), undefined);
    assert.equal(revise(none, [reading('COD', '0')], 'n1/2')?.revision, 2);
  });

  it('the later receipt wins, but what is released gives way to a later receipt', () => {
    const corrected = revise(first, [reading('COD', '50')], 'n1/9')!;
    assert.equal(revise(corrected, [reading('COD', '1')], 'n1/5', 'only what no later receipt changed'), undefined);
    const released = revise(first, [reading('COD', '1')], 'n1/10', 'only what no later receipt changed');
    assert.equal(released!.readings[0]!.value, '1');
  });
});
