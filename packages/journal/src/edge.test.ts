import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { edgeFromBytes, edgeToBytes, emptyEdge, extended, rootOf } from './edge.ts';
import { type Hash, hashToHex, leafHash } from './hash.ts';

/** The test data of the Certificate Transparency reference implementation: eight leaves and the root after each. */
const published = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
] as const;

/** RFC 6962, 2.1, word for word: splits at the largest power of two below the size. */
function merkleTreeHash(leaves: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), merkleTreeHash(leaves.slice(0, split)), merkleTreeHash(leaves.slice(split)));
}

const hashes = (leaves: readonly string[]): Hash[] => leaves.map(leafHash);
const leaves = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 70 });

describe('the edge of a tree', () => {
  test('gives the published roots of Certificate Transparency', () => {
    const texts = published.map(([hex]) => Buffer.from(hex, 'hex').toString('latin1'));
    for (const [index, [, root]] of published.entries())
      assert.equal(hashToHex(rootOf(extended(emptyEdge, hashes(texts.slice(0, index + 1))))), root);
    assert.equal(hashToHex(rootOf(emptyEdge)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('gives the root that the definition gives, at every size', () => {
    fc.assert(
      fc.property(leaves, (texts) => {
        const expected = merkleTreeHash(texts.map((text) => Buffer.from(text)));
        assert.equal(hashToHex(rootOf(extended(emptyEdge, hashes(texts)))), expected.toString('hex'));
      }),
    );
  });

  test('does not depend on how the leaves were cut into batches, nor on having been stored between', () => {
    fc.assert(
      fc.property(fc.array(leaves, { maxLength: 6 }), (batches) => {
        let edge = emptyEdge;
        for (const batch of batches) {
          const { size } = edge;
          edge = extended(edgeFromBytes(size, edgeToBytes(edge)), hashes(batch));
        }
        assert.deepEqual(edge, extended(emptyEdge, hashes(batches.flat())));
      }),
    );
  });

  test('holds a subtree for each bit of its size', () => {
    const edge = extended(emptyEdge, Array(1000).fill(leafHash('one')));
    assert.equal(edge.subtrees.length, (1000).toString(2).replaceAll('0', '').length);
  });
});
