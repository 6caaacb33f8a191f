import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { breaks, type PublishedTopics, publicTopics, schemaOf } from './published.ts';

const file = new URL('../../../published/topics.json', import.meta.url);
const published = () => JSON.parse(readFileSync(file, 'utf8')) as PublishedTopics;

describe('the topics that integrators read', () => {
  test('say all that they said when they were published', () => {
    assert.deepEqual(
      breaks(published(), publicTopics()),
      [],
      'a reader would no longer understand this: publish a new version of the topic, or, before a release, npm run publish-contracts',
    );
  });

  const reading = z.object({
    station: z.string().describe('The station.'),
    value: z.string().nullable(),
    flag: z.enum(['pass', 'fail']),
    share: z.number().optional(),
    tests: z.array(z.object({ name: z.string() })).describe('One a test.'),
    factors: z.record(z.string(), z.string()),
  });
  const told = (schema: z.ZodType, more: Partial<PublishedTopics[string]> = {}): PublishedTopics => ({
    t: { description: 'Told.', key: 'station', partitions: 16, records: { Told: schemaOf(schema) }, ...more },
  });
  const broken = (now: PublishedTopics) => breaks(told(reading), now);

  test('may say more: topics, types, optional fields, and a meaning where there was none', () => {
    const more = reading.extend({
      unit: z.string().optional(),
      tests: z.array(z.object({ name: z.string(), of: z.int().optional() })).describe('One a test.'),
      flag: reading.shape.flag.describe('How it went.'),
    });
    assert.deepEqual(broken({ ...told(more), another: told(reading).t! }), []);
    const { Told } = told(more).t!.records;
    assert.deepEqual(broken(told(more, { records: { Told: Told!, Other: Told! } })), []);
  });

  test('stay in their places, with their key and partitions', () => {
    assert.deepEqual(broken({}), ['t is gone']);
    assert.deepEqual(broken(told(reading, { partitions: 32, key: 'node' })), [
      't: its key was station and is node',
      't: its partitions was 16 and is 32',
    ]);
    assert.deepEqual(broken(told(reading, { records: {} })), ['t Told is gone']);
  });

  test('lose no field, and require none that earlier records lack', () => {
    assert.deepEqual(broken(told(reading.omit({ station: true }))), ['t Told.station is gone']);
    const tests = z.array(z.object({})).describe('One a test.');
    assert.deepEqual(broken(told(reading.extend({ tests }))), ['t Told.tests[].name is gone']);
    const other = reading.extend({ value: reading.shape.value.optional(), share: z.number(), unit: z.string() });
    assert.deepEqual(broken(told(other)), [
      't Told.value was always there and may be missing',
      't Told.share could be missing and is required',
      't Told.unit is new and required: records before lack it',
    ]);
  });

  test('keep their types, neither narrower nor wider', () => {
    const narrower = reading.extend({ value: z.string(), flag: z.enum(['pass']), share: z.int().optional() });
    assert.deepEqual(broken(told(narrower)), [
      't Told.value was string or null and is string',
      't Told.flag was fail or pass and is pass',
      't Told.share was number and is integer, minimum -9007199254740991, maximum 9007199254740991',
    ]);
    const wider = reading.extend({
      station: z.string().max(64).describe('The station.'),
      value: z.union([z.string(), z.number(), z.null()]),
      flag: z.enum(['pass', 'fail', 'perhaps']),
      tests: z.array(z.object({ name: z.string().nullable() })).describe('One a test.'),
      factors: z.record(z.string(), z.number()),
    });
    assert.deepEqual(broken(told(wider)), [
      't Told.station was string and is string, maxLength 64',
      't Told.value was string or null and is string or number or null',
      't Told.flag was fail or pass and is fail or pass or perhaps',
      't Told.tests[].name was string and is string or null',
      't Told.factors.* was string and is number',
    ]);
  });

  test('keep their meanings, word by word', () => {
    const station = z.string().describe('Whoever sent it.');
    const tests = reading.shape.tests.describe('');
    assert.deepEqual(broken(told(reading.extend({ station, tests }), { description: 'Said.' })), [
      't meant "Told." and means "Said."',
      't Told.station meant "The station." and means "Whoever sent it."',
      't Told.tests meant "One a test." and means ""',
    ]);
  });

  test('are refused a break that is planted in a published one', () => {
    const before = published();
    const name = 'quantrac.aggregates.v1';
    const { properties, ...schema } = before[name]!.records.AggregateComputed!;
    const planted = (more: Partial<PublishedTopics[string]>) =>
      breaks(before, { ...before, [name]: { ...before[name]!, ...more } });
    const { value, ...others } = properties!;
    const record = (changed: typeof properties) => ({
      records: { AggregateComputed: { ...schema, properties: changed } },
    });
    assert.deepEqual(planted(record(others)), [`${name} AggregateComputed.value is gone`]);
    assert.match(
      planted(record({ ...properties, value: { ...value, anyOf: [value!.anyOf![0]!] } })).join(),
      /^\S+ AggregateComputed\.value was string.* or null and is string/,
    );
    assert.deepEqual(planted({ key: 'channel' }), [`${name}: its key was station and is channel`]);
    const unit = { ...properties!.unit!, description: 'Unit of the sum.' };
    assert.match(
      planted(record({ ...properties, unit })).join(),
      /AggregateComputed\.unit meant ".*" and means "Unit of the sum\."$/,
    );
  });
});
