import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityOf } from '@quantrac/contracts/identity';
import fc from 'fast-check';
import { quickIdentity } from './quick-identity.ts';

const set = { station: 's1', time: '2026-01-15T01:30:00.000Z', version: 2, knownAt: '2026-01-15T01:31:00.000Z' };
const readings = [{ channel: 'COD', value: '7,25', flags: { time: 1, version: 3 } }, { channel: 'pH' }];
const quick = (type: string, text: string) => quickIdentity(type, Buffer.from(text));

/** The identity by parsing all; undefined where there is none. */
function parsed(type: string, text: string) {
  try {
    return identityOf(type, JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Members as text, so that names may come twice and texts may be escaped. */
const name = fc.constantFrom('time', 'version', 'channel', 'statistic', 'length', 'end', 'a', '\\u0074ime', 'mức');
const scalar = fc.oneof(
  fc.constantFrom(
    '"2026-01-15T01:30:00.000Z"',
    '"2026-01-15T02:00:00.000Z"',
    '1',
    '2',
    '-0',
    '1.5',
    '1e3',
    '"]"',
    '"\\n"',
    'null',
  ),
  fc.json({ maxDepth: 2 }),
);
const member = fc.tuple(name, scalar).map(([key, value]) => `"${key}":${value}`);
const space = fc.constantFrom('', '', '', ' ');
const record = fc
  .tuple(
    fc.constantFrom([], ['"time":"2026-01-15T01:30:00.000Z"', '"version":1']),
    fc.array(member, { maxLength: 3 }),
    fc.constantFrom('', '"list":[{"time":1}]', '"list":[[]]'),
    fc.array(member, { maxLength: 1 }),
    space,
  )
  .map(
    ([first, before, list, after, blank]) =>
      `{${[...first, ...before, ...(list ? [list] : []), ...after].join(`,${blank}`)}}`,
  );

describe('the identity of a record, without parsing all of it', () => {
  test('is told of what the services of a node write', () => {
    const text = JSON.stringify({ ...set, readings });
    assert.ok(quick('ObservationSetChecked', text));
    assert.deepEqual(quick('ObservationSetChecked', text), parsed('ObservationSetChecked', text));
    assert.equal(quick('StationRecorded', '{"version":1}'), undefined);
  });

  test('is that of the whole, or none is told, whatever the record', () => {
    let told = 0;
    fc.assert(
      fc.property(record, (text) => {
        const found = quick('ObservationSetChecked', text);
        if (found === undefined) return;
        told++;
        assert.deepEqual(found, parsed('ObservationSetChecked', text));
      }),
      { numRuns: 5000 },
    );
    assert.ok(told > 50);
  });

  test('is not told where a member may come again behind the list, or the text ends early', () => {
    const text = JSON.stringify({ ...set, readings });
    for (const other of [
      text.replace(/}$/, ',"time":"2026-01-16T00:00:00.000Z"}'),
      text.replace(/}$/, ',"more":[]}'),
      text.slice(0, -1),
      `${text} `,
    ])
      assert.equal(quick('ObservationSetChecked', other), undefined, other);
  });
});
