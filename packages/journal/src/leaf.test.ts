import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hashToHex, leafHash } from './hash.ts';
import { isLine, type Leaf, leafText, parseLeaves } from './leaf.ts';

const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }).filter(isLine);
const leaf: fc.Arbitrary<Leaf> = fc.record(
  {
    number: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    type: line,
    key: line,
    sequence: line,
    knownAt: line,
    length: fc.nat(),
    payloadHash: line,
  },
  { noNullPrototype: true },
);

const one: Leaf = {
  number: 42,
  type: 'ObservationSetChecked',
  key: 'trạm-1',
  sequence: '0001.000000000007.000000',
  knownAt: '2026-01-15T01:30:00.000Z',
  length: 2,
  payloadHash: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
};

describe('a leaf', () => {
  test('has this text and this hash for ever', () => {
    assert.equal(
      leafText(one),
      '42\nObservationSetChecked\ntrạm-1\n0001.000000000007.000000\n2026-01-15T01:30:00.000Z\n2\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n',
    );
    assert.equal(
      hashToHex(leafHash(leafText(one))),
      '9376a98c7147553185574e4926541a31583256cfae6f93d9376ed773fd4b0c07',
    );
  });

  test('is read back from its text, with those around it', () => {
    fc.assert(
      fc.property(fc.array(leaf), (leaves) => assert.deepEqual(parseLeaves(leaves.map(leafText).join('')), leaves)),
    );
  });

  test('is not read from a text that is cut or has another form', () => {
    const text = leafText(one);
    for (let length = 1; length < text.length; length++) assert.equal(parseLeaves(text.slice(0, length)), undefined);
    for (const number of ['042', '4.2e1', ' 42', '-42', '', '0x2a', '9007199254740993'])
      assert.equal(parseLeaves(text.replace('42', number)), undefined, number);
  });

  test('cannot hold a text that would end its line', () => {
    for (const text of ['', 'a\nb', 'a\r', '\u0000', '\u0085']) assert.equal(isLine(text), false);
    assert.equal(isLine('trạm quan trắc số 1'), true);
  });
});
