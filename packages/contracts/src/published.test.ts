import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { breaks, type PublishedTopics, publicTopics, type RecordSchema } from './published.ts';

const file = new URL('../../../published/topics.json', import.meta.url);

describe('the topics that integrators read', () => {
  test('say all that they said when they were published', () => {
    const published = JSON.parse(readFileSync(file, 'utf8')) as PublishedTopics;
    assert.deepEqual(
      breaks(published, publicTopics()),
      [],
      'a reader would no longer understand this: publish a new version of the topic, or, before a release, npx pnpm publish-contracts',
    );
  });

  const reading = z.object({
    station: z.string(),
    value: z.string().nullable(),
    flag: z.enum(['pass', 'fail']),
    share: z.number().optional(),
    tests: z.array(z.object({ name: z.string() })),
    factors: z.record(z.string(), z.string()),
  });
  const told = (schema: z.ZodType, more: Partial<PublishedTopics[string]> = {}): PublishedTopics => ({
    t: { key: 'station', partitions: 16, records: { Told: z.toJSONSchema(schema) as RecordSchema }, ...more },
  });
  const broken = (now: PublishedTopics) => breaks(told(reading), now);

  test('may say more', () => {
    const more = reading.extend({ unit: z.string(), tests: z.array(z.object({ name: z.string(), of: z.int() })) });
    assert.deepEqual(broken({ ...told(more), another: told(reading).t! }), []);
    assert.deepEqual(broken(told(reading.extend({ value: z.string(), flag: z.literal('pass'), share: z.int() }))), []);
  });

  test('may not say less or otherwise, and each place is named', () => {
    assert.deepEqual(broken({}), ['t is gone']);
    assert.deepEqual(broken(told(reading, { partitions: 32, key: 'node' })), [
      't: its key was station and is node',
      't: its partitions was 16 and is 32',
    ]);
    assert.deepEqual(broken(told(reading, { records: {} })), ['t Told is gone']);
    assert.deepEqual(broken(told(reading.omit({ station: true }))), [
      't Told.station may be missing',
      't Told.station is gone',
    ]);
    const other = reading.extend({
      station: z.string().optional(),
      value: z.number().nullable(),
      flag: z.enum(['pass', 'fail', 'perhaps']),
      share: z.string().optional(),
      tests: z.array(z.object({ name: z.string().nullable() })),
      factors: z.record(z.string(), z.number()),
    });
    assert.deepEqual(broken(told(other)), [
      't Told.station may be missing',
      't Told.value was string and may be number',
      't Told.flag may be perhaps',
      't Told.share was number and may be string',
      't Told.tests[].name was string and may be null',
      't Told.factors.* was string and may be number',
    ]);
  });
});
