import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import fc from 'fast-check';
import { at, later } from '../testing/stations.ts';
import { type Claims, type ClaimsEvent, claims, claimsInForce, holdersOf, type StationNames } from './claims.ts';

const given = specification(claims);

const claimed = (station: string, names: Partial<StationNames>): ClaimsEvent => ({
  type: 'NamesClaimed',
  data: { station, names: { prefixes: [], aliases: [], ...names }, at },
});
const alias = (code: string, from: string | null = null, to: string | null = null) => ({
  system: 'ministry',
  code,
  from,
  to,
});

describe('a prefix', () => {
  it('belongs to one station of the node, in NFC and without case', () => {
    const held = claimed('s1', { prefixes: ['ĐN_Hồ_NT01'] });
    given(held)
      .when({ type: 'AddPrefix', station: 's2', prefix: 'đn_hồ_nt01'.normalize('NFD'), at })
      .thenRejected('PrefixTaken');
    given(held)
      .when({ type: 'AddPrefix', station: 's1', prefix: 'đn_hồ_nt01'.normalize('NFD'), at })
      .thenNothing();
  });

  it('is exact: a longer one is another one', () => {
    given(claimed('s1', { prefixes: ['HCM_ABC'] }))
      .when({ type: 'AddPrefix', station: 's2', prefix: 'HCM_ABC_NT01', at })
      .then(claimed('s2', { prefixes: ['HCM_ABC_NT01'] }));
  });

  it('does not count the underscore before the time', () => {
    given()
      .when({ type: 'AddPrefix', station: 's1', prefix: 'HCM_ABC_', at })
      .then(claimed('s1', { prefixes: ['HCM_ABC'] }));
    given().when({ type: 'AddPrefix', station: 's1', prefix: '_', at }).thenRejected('PrefixEmpty');
  });

  it('is free for another station once it is removed', () => {
    const held = claimed('s1', { prefixes: ['A', 'B'] });
    const left = claimed('s1', { prefixes: ['B'] });
    given(held).when({ type: 'RemovePrefix', station: 's1', prefix: 'a', at }).then(left);
    given(held, left).when({ type: 'RemovePrefix', station: 's1', prefix: 'a', at }).thenNothing();
    given(held, left)
      .when({ type: 'AddPrefix', station: 's2', prefix: 'A', at })
      .then(claimed('s2', { prefixes: ['A'] }));
  });
});

describe('the names of a node', () => {
  const names = ['A', 'B', 'C'];
  const step = fc.record({ station: fc.constantFrom('s1', 's2', 's3', 's4'), prefixes: fc.subarray(names) });

  it('have the holders that a walk over all claims finds, of whichever state they are asked and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.array(fc.nat(12)), (steps, asked) => {
        const states: Claims[] = [claims.initial];
        for (const { station, prefixes } of steps)
          states.push(claims.evolve(states.at(-1)!, claimed(station, { prefixes })));
        for (const index of asked.map((number) => number % states.length)) {
          const held = new Map(steps.slice(0, index).map(({ station, prefixes }) => [station, prefixes]));
          assert.deepEqual([...claimsInForce(states[index]!).keys()].sort(), [...held.keys()].sort());
          for (const name of names)
            assert.deepEqual(
              holdersOf(states[index]!, { prefixes: [name], aliases: [] }).toSorted(),
              [...held]
                .filter(([, prefixes]) => prefixes.includes(name))
                .map(([station]) => station)
                .sort(),
            );
        }
      }),
    );
  });
});

describe('a folder', () => {
  const held = claimed('s1', { folder: { code: 'NT01', layout: 1 } });

  it('belongs to one station, whatever its layout', () => {
    given(held)
      .when({ type: 'SetFolder', station: 's2', folder: { code: 'nt01', layout: 7 }, at })
      .thenRejected('FolderTaken');
  });

  it('is replaced and removed', () => {
    given(held)
      .when({ type: 'SetFolder', station: 's1', folder: { code: 'NT02', layout: 10 }, at })
      .then(claimed('s1', { folder: { code: 'NT02', layout: 10 } }));
    given(held).when({ type: 'RemoveFolder', station: 's1', at }).then(claimed('s1', {}));
    given().when({ type: 'RemoveFolder', station: 's1', at }).thenNothing();
  });
});

describe('an alias', () => {
  const untilThen = claimed('s1', { aliases: [alias('NT-7', null, at)] });

  it('belongs to one station at one time', () => {
    given(untilThen)
      .when({ type: 'AddAlias', station: 's2', ...alias('nt-7', at), at })
      .then(claimed('s2', { aliases: [alias('nt-7', at)] }));
    given(untilThen)
      .when({ type: 'AddAlias', station: 's2', ...alias('nt-7'), at })
      .thenRejected('AliasTaken');
  });

  it('of one system is none of another', () => {
    given(untilThen)
      .when({ type: 'AddAlias', station: 's2', ...alias('NT-7'), system: 'department', at })
      .then(claimed('s2', { aliases: [{ ...alias('NT-7'), system: 'department' }] }));
  });

  it('is added once, and not over itself with other dates', () => {
    given(untilThen)
      .when({ type: 'AddAlias', station: 's1', ...alias('NT-7', null, at), at })
      .thenNothing();
    given(untilThen)
      .when({ type: 'AddAlias', station: 's1', ...alias('NT-7', null, later), at })
      .thenRejected('AliasOverlaps');
    given()
      .when({ type: 'AddAlias', station: 's1', ...alias('NT-7', later, at), at })
      .thenRejected('AliasEmpty');
  });

  it('ends at a date', () => {
    const end = { type: 'EndAlias', station: 's1', system: 'ministry', code: 'NT-7', to: at, at } as const;
    given(claimed('s1', { aliases: [alias('NT-7')] }))
      .when(end)
      .then(claimed('s1', { aliases: [alias('NT-7', null, at)] }));
    given(untilThen).when(end).thenNothing();
    given().when(end).thenRejected('AliasUnknown');
  });
});
