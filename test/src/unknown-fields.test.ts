import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import { dice } from './seeded.ts';
import { inOrder, throughAll, writtenFiles } from './through-all.ts';

/** Not records, but names and values: whatever stands there is known. */
const maps = ['factors', 'terms'];

/** As a later version may tell it: something new at every level. */
const withNews = (data: unknown): unknown => {
  if (Array.isArray(data)) return data.map(withNews);
  if (typeof data !== 'object' || data === null) return data;
  const known = Object.entries(data).map(([name, value]) => [name, maps.includes(name) ? value : withNews(value)]);
  return { ofALaterVersion: { since: 2 }, ...Object.fromEntries(known) };
};

/** An advance is passed on as it came, and the basis of a day is a hash over its limit as that came. */
const compared = (type: string, text: string): string => {
  const { ofALaterVersion, basis, ...record } = JSON.parse(text) as Record<string, unknown>;
  if (type !== 'IntakeAdvanced') assert.equal(ofALaterVersion, undefined, `${type} passes it on: ${text}`);
  return JSON.stringify(record);
};

test('whatever is new in a record, at every level, our consumers decide the same', (t) => {
  const chance = dice();
  t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
  const files = inOrder(writtenFiles(chance));
  const taken = new Set<string>();
  const told = (as?: (type: string, data: unknown) => unknown) =>
    [...throughAll(files, as)].map(([topic, records]) => [
      topic,
      records.map(({ headers, value }) => compared(headers.ce_type!, Buffer.from(value).toString())),
    ]);
  const news = told((type, data) => {
    taken.add(type);
    return withNews(data);
  });
  assert.deepEqual(news, told());
  for (const { name, records } of [topics.stations, topics.limits, topics.observationsReceived, topics.aggregates])
    for (const type of Object.keys(records)) assert.ok(taken.has(type), `${type} of ${name}`);
  assert.ok(news.some(([topic, records]) => topic === topics.compliance.name && records!.length > 0));
});
