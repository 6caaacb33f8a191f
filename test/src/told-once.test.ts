import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sequenceOf, toEntry, topics } from '@quantrac/contracts';
import { wronglyTold } from './told-once.ts';

const time = '2026-01-15T01:30:00.000Z';
const told = (sequence: number, data: Readonly<Record<string, unknown>>) => {
  const envelope = { key: 's1', type: 'ObservationSetChecked', knownAt: 0, source: 'urn:quantrac:node:n' };
  const value = Buffer.from(JSON.stringify({ time, ...data }));
  return toEntry(topics.observationsChecked.name, { ...envelope, sequence: sequenceOf(1, sequence, 0) }, value);
};
const first = told(1, { version: 1, flag: 1, cause: 'receipt:n/1' });

describe('what is told once', () => {
  it('may be repeated with its id and bytes, and be followed by a version that says something else', () => {
    assert.deepEqual(wronglyTold([first, first, told(2, { version: 2, flag: 4, cause: 'receipt:n/2' })]), []);
  });

  it('never has two contents under one id', () => {
    assert.deepEqual(wronglyTold([first, told(1, { version: 2, flag: 4 })]), [
      'observations.checked/s1/0001.000000000001.000000 has two contents',
    ]);
  });

  it('never has one version under two ids', () => {
    const thing = `s1 ObservationSetChecked set ${Date.parse(time)} version 1`;
    assert.deepEqual(wronglyTold([first, told(2, { version: 1, flag: 1 })]), [`${thing} is told under two ids`]);
  });

  it('has no version that says nothing new', () => {
    const again = told(2, { version: 2, flag: 1, cause: 'receipt:n/2' });
    assert.deepEqual(wronglyTold([again, first]), [
      `s1 ObservationSetChecked set ${Date.parse(time)} version 2 says nothing new`,
    ]);
  });
});
