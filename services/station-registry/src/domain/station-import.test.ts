import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import fc from 'fast-check';
import { type Wish, wishes } from '../testing/arbitrary-station.ts';
import { at } from '../testing/stations.ts';
import { type Claims, claims } from './claims.ts';
import { type Station, station } from './station.ts';
import { readStationCsv, writeStationCsv } from './station-csv.ts';
import { type KnownToImport, planImport, type StationPlan } from './station-import.ts';
import { rowsOf } from './station-rows.ts';

const terms = {
  node: 'n1',
  at,
  newId: (seed: string) => `new-${seed.length}`,
  isAccount: (id: string) => id === 'kcn',
};

interface Registered extends KnownToImport {
  readonly stations: Map<string, Station>;
}

const nothing = (): Registered => ({ stations: new Map(), claims: claims.initial });

/** What a rule refuses is left out: the rest stands. */
const attempt = <Event, State>(state: State, decide: () => readonly Event[], evolve: (s: State, e: Event) => State) => {
  try {
    return decide().reduce(evolve, state);
  } catch (error) {
    if (!isFault(error)) throw error;
    return state;
  }
};

const carriedOut = (known: KnownToImport, asked: readonly (Wish | StationPlan)[]): Registered => {
  const stations = new Map(known.stations);
  let claimed: Claims = known.claims;
  for (const { station: id, names, changes } of asked) {
    let reached = stations.get(id);
    for (const change of changes)
      reached = attempt(reached, () => station.decide({ ...change, at }, reached), station.evolve);
    for (const name of names)
      claimed = attempt(claimed, () => claims.decide({ ...name, station: id, at }, claimed), claims.evolve);
    const followed = claimed.newest?.station === id ? { ...reached!, names: claimed.newest.names } : reached!;
    stations.set(id, followed);
  }
  return { stations, claims: claimed };
};

const exported = ({ stations }: KnownToImport, separator: ';' | ',' = ';') =>
  writeStationCsv([...stations.values()].flatMap(rowsOf), separator).join('');

const planOf = (csv: string, known: KnownToImport = nothing()) => planImport(readStationCsv(csv), known, terms);

describe('exporting stations and importing the file', () => {
  it('changes nothing where they came from', () => {
    fc.assert(
      fc.property(wishes, fc.constantFrom(';' as const, ',' as const), (asked, separator) => {
        const known = carriedOut(nothing(), asked);
        const { plans, faults } = planOf(exported(known, separator), known);
        assert.deepEqual(faults, []);
        assert.deepEqual(
          plans.map(({ outcome, names, changes }) => ({ outcome, names, changes })),
          asked.map(() => ({ outcome: 'unchanged', names: [], changes: [] })),
        );
      }),
    );
  });

  it('makes the same stations where there are none', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const known = carriedOut(nothing(), asked);
        const { plans, faults } = planOf(exported(known));
        assert.deepEqual(faults, []);
        assert.ok(plans.every(({ outcome }) => outcome === 'registered'));
        assert.equal(exported(carriedOut(nothing(), plans)), exported(known));
      }),
    );
  });
});

const header = 'name;kind;prefixes;channel;parameter;interval_s';
const one = `${header}\nTrạm 1;wastewater;HCM_A;cod;COD;300\n`;

describe('importing stations', () => {
  it('takes the usual for what is left empty', () => {
    const [plan] = planOf(one).plans;
    assert.equal(plan?.outcome, 'registered');
    assert.deepEqual(carriedOut(nothing(), [plan]).stations.get(plan.station)?.channels, [
      {
        channel: 'cod',
        parameter: 'COD',
        settings: [
          {
            from: null,
            names: ['COD'],
            unit: 'mg/L',
            stamp: 'end',
            statistic: 'mean',
            intervalMs: 300_000,
            deliveryMs: 300_000,
          },
        ],
      },
    ]);
  });

  it('finds a station without id by its prefix, and gives the same new id to the same cells', () => {
    const first = planOf(one);
    const known = carriedOut(nothing(), first.plans);
    assert.equal(planOf(one).plans[0]?.station, first.plans[0]?.station);
    const renamed = planOf(one.replace('Trạm 1', 'Trạm nước thải 1'), known).plans;
    assert.equal(renamed[0]?.station, first.plans[0]?.station);
    assert.deepEqual(renamed[0]?.changes, [{ type: 'ChangeStationDetails', name: 'Trạm nước thải 1' }]);
  });

  it('goes on with the station above where the station cells are empty', () => {
    const { plans, faults } = planOf(`${one};;;tss;TSS;300\n`);
    assert.deepEqual(faults, []);
    assert.equal(plans.length, 1);
    const [plan] = plans;
    assert.deepEqual([...carriedOut(nothing(), plans).stations.get(plan!.station)!.channels].length, 2);
  });

  it('lets two channels exchange their names from a date on', () => {
    const two = `station;name;kind;channel;parameter;names;interval_s;from\ns1;One;stack;a;SO2;A;60;\n;;;b;NO2;B;60;\n`;
    const known = carriedOut(nothing(), planOf(two).plans);
    const exchanged = `${two};;;a;SO2;B;60;2026-03-01\n;;;b;NO2;A;60;2026-03-01\n`;
    const { plans, faults } = planOf(exchanged, known);
    assert.deepEqual(faults, []);
    assert.equal(plans[0]?.outcome, 'changed');
    const taken = exchanged.replace('a;SO2;B', 'a;SO2;B|A');
    assert.deepEqual(
      planOf(taken, known).faults.map(({ line, column }) => [line, column]),
      [[3, 'names']],
    );
  });

  it('removes nothing that the file leaves out', () => {
    const known = carriedOut(nothing(), planOf(`${one};;;tss;TSS;300\n`).plans);
    assert.deepEqual(planOf(one, known).plans[0]?.outcome, 'unchanged');
  });

  it('lists every fault by line and column, and leaves only the station that has one alone', () => {
    const { plans, faults } = planOf(
      [
        'station;kind;name;lifecycle;prefixes;folder_layout;accounts;channel;parameter;names;unit;interval_s;flat_fail_after',
        's1;wastewater;One;operating;A;11;kcn;cod;COD;COD;mg/L;300;',
        's1;wastewater;One;operating;A;;kcn;tss;TSX;TSS;mgl;;5',
        's2;sewage;;operating;B;;ghost;cod;COD;COD;mg/L;0,5;',
        's3;wastewater;Three;operating;a;;;ph;pH;pH;-;300;',
        's3;wastewater;Drei;operating;a;;;ph2;pH;PH;-;300;',
        's4;wastewater;Four;;C;;;cod;COD;COD;mg/L;300;;surplus',
        's5;wastewater;Five;;D;;;cod;COD;COD;mg/L;300;',
      ].join('\n'),
    );
    assert.deepEqual(
      plans.map(({ station: id }) => id),
      ['s5'],
    );
    assert.deepEqual(
      faults.map(({ line, column }) => `${line} ${column}`),
      [
        '2 folder_layout',
        '3 interval_s',
        '3 flat_tolerance',
        '4 kind',
        '4 interval_s',
        '4 name',
        '4 accounts',
        '6 name',
        '6 names',
        '7 ',
      ],
    );
    assert.ok(faults.every(({ message }) => message.length > 10));
  });

  it('tells all that is wrong with one line of settings', () => {
    const { faults } = planOf(`${header};unit;unit_sent;delivery_s\nTrạm 1;wastewater;A;cod;COD2;300;mgl;mg/L;60\n`);
    assert.deepEqual(
      faults.map(({ column }) => column),
      ['parameter', 'unit', 'delivery_s'],
    );
  });

  it('refuses one prefix for two stations of the file', () => {
    const { plans, faults } = planOf(`station;name;kind;prefixes\ns1;One;stack;A\ns2;Two;stack;a\n`);
    assert.deepEqual(
      plans.map(({ station: id }) => id),
      ['s1'],
    );
    assert.deepEqual(
      faults.map(({ line, column }) => [line, column]),
      [[3, 'prefixes']],
    );
  });

  it('asks which station is meant where the names belong to several', () => {
    const known = carriedOut(nothing(), planOf(`station;name;kind;prefixes\ns1;One;stack;A\ns2;Two;stack;B\n`).plans);
    const { faults } = planOf(`name;kind;prefixes\nOne;stack;A|B\n`, known);
    assert.ok(faults[0]?.message.includes('s1 and s2'));
  });

  it('does not change what a station is for ever', () => {
    const known = carriedOut(nothing(), planOf(one).plans);
    const { faults } = planOf(`${header}\nTrạm 1;stack;HCM_A;cod;TSS;300\n`, known);
    assert.deepEqual(
      faults.map(({ column }) => column),
      ['kind', 'parameter'],
    );
  });

  it('takes nothing from a file whose header or quotes are faulty', () => {
    assert.deepEqual(
      planOf(`name;colour\nOne;red`).faults.map(({ column }) => column),
      ['colour'],
    );
    assert.deepEqual(
      planOf(`name;name\nOne;Two`).faults.map(({ column }) => column),
      ['name'],
    );
    assert.deepEqual(planOf('').faults.length, 1);
    const broken = planOf(`${one}Trạm 2;wastewater;"B;cod;COD;300\n`);
    assert.deepEqual(broken.plans, []);
    assert.deepEqual(
      broken.faults.map(({ line }) => line),
      [3],
    );
    assert.ok(planOf(one.replace('ạ', '\uFFFD')).faults[0]?.message.includes('UTF-8'));
  });
});
