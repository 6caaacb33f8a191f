import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { proposedPrefix, type UnknownFile, unknownSenders } from './unknown-senders.ts';

const file = (prefix: string, at: number, account: string | null = null): UnknownFile => ({
  prefix,
  folder: null,
  account,
  at,
});

/** Levenshtein's distance as it is defined. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return Math.max(a.length, b.length);
  const rest = distance(a.slice(1), b.slice(1));
  if (a[0] === b[0]) return rest;
  return 1 + Math.min(rest, distance(a.slice(1), b), distance(a, b.slice(1)));
}

describe('unknown senders', () => {
  it('are told apart by prefix, folder and account, who sent most first', () => {
    const senders = unknownSenders([file('A', 5), file('B', 1), file('A', 3), file('A', 4, 'x')], [], 10);
    assert.deepEqual(
      senders.map(({ prefix, account, files, firstAt, lastAt }) => [prefix, account, files, firstAt, lastAt]),
      [
        ['A', null, 2, 3, 5],
        ['B', null, 1, 1, 1],
        ['A', 'x', 1, 4, 4],
      ],
    );
    assert.equal(unknownSenders([file('A', 5), file('B', 1)], [], 1).length, 1);
  });

  it('the registered prefix with the fewest letters changed is proposed, if it is near', () => {
    const registered = ['hcm_abc_nt01', 'hcm_abc_nt11', 'bd_xyz_kt01'];
    assert.equal(proposedPrefix('HCM_ABX_NT01', registered), 'hcm_abc_nt01');
    assert.equal(proposedPrefix('HCM-ABC-NT11_', registered), 'hcm_abc_nt11');
    assert.equal(proposedPrefix('DN_KCN_NT05', registered), null);
    assert.equal(proposedPrefix('', ['abcd']), null);
  });

  it('proposes what the definition of the distance says', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(name, fc.uniqueArray(name, { maxLength: 5 }), (prefix, registered) => {
        const distances = registered.map((candidate) => distance(prefix, candidate));
        const least = Math.min(...distances);
        const wanted = least <= 3 ? registered[distances.indexOf(least)] : null;
        assert.equal(proposedPrefix(prefix, registered), wanted);
      }),
    );
  });

  it('a flood of senders against thousands of stations takes no second', () => {
    const registered = Array.from({ length: 5000 }, (_, index) => `hcm_abc_nt${index}`);
    const files = Array.from({ length: 10_000 }, (_, index) =>
      file(`HCM_XYZ_NT${index}${'x'.repeat(index % 200)}`, index),
    );
    const begin = process.cpuUsage();
    unknownSenders(files, registered, 1000);
    const { user } = process.cpuUsage(begin);
    assert.ok(user < 1_000_000, `${user} µs`);
  });
});
