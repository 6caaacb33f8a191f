import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { differencesAt, factOf, gather, hoursBetween, isWithin, lasting, tally, unequalPlaces } from './digest.ts';

const HOUR_MS = 3_600_000;
const at = Date.UTC(2026, 0, 15, 1, 30);
const set = (time: number, version: number, text: string, station = 'trạm 1') =>
  factOf('sets', station, { type: 'Set', series: 'COD mg/l', time, version }, Buffer.from(text));
type Kept = ReturnType<typeof set>;

const gathered = (facts: readonly Kept[]) => {
  const all = gather();
  for (const fact of facts) all.add(fact);
  return all;
};
const compared = (here: readonly Kept[], there: readonly Kept[]) => {
  const [ours, theirs] = [gathered(here), gathered(there)];
  return unequalPlaces(ours.digests(), theirs.digests()).flatMap((place) =>
    differencesAt(place, ours.lines(place), theirs.lines(place)),
  );
};
const facts = fc.array(
  fc
    .tuple(fc.nat(3), fc.integer({ min: 1, max: 3 }), fc.constantFrom('a', 'b'), fc.constantFrom('s1', 's2'))
    .map(([hour, version, text, station]) => set(at + hour * HOUR_MS, version, text, station)),
);

const tallied = (facts: readonly Kept[]) => {
  const all = tally();
  for (const fact of facts) all.add(fact);
  return all.digests();
};

describe('a digest over all hours', () => {
  test('differs exactly where those of the hours do, whatever the order', () => {
    fc.assert(
      fc.property(facts, facts, (here, there) => {
        const [ours, theirs] = [here, there].map((all) => [
          ...new Map(all.map((fact) => [fact.line + fact.place.station, fact])).values(),
        ]);
        const byHour = compared(ours!, theirs!).map(({ station }) => station);
        const byStation = unequalPlaces(tallied(ours!), tallied(theirs!).toReversed()).map(({ station }) => station);
        assert.deepEqual(new Set(byStation), new Set(byHour));
        assert.deepEqual(unequalPlaces(tallied(ours!), tallied(ours!.toReversed())), []);
      }),
    );
  });
});

describe('what is found at several readings', () => {
  const readings = (answers: Readonly<Record<string, readonly (readonly string[])[]>>) => {
    const asked = new Map<string, number>();
    return {
      read: async (place: string) => {
        const turn = asked.get(place) ?? 0;
        asked.set(place, turn + 1);
        return answers[place]![turn] ?? [];
      },
      nameOf: (found: string) => found,
      pause: async () => undefined,
      asked,
    };
  };

  test('is what every one of them finds', async () => {
    const { asked, ...options } = readings({ a: [['1', '2'], ['2', '3'], ['2']], b: [['4']], c: [[]] });
    assert.deepEqual(await lasting(['a', 'b', 'c'], { ...options, limit: 100 }), ['2']);
    assert.deepEqual(
      [...asked],
      [
        ['a', 3],
        ['b', 2],
        ['c', 1],
      ],
    );
  });

  test('is not looked for beyond its limit', async () => {
    const { asked, ...options } = readings({
      a: [
        ['1', '2', '3'],
        ['1', '2', '3'],
      ],
      b: [['4']],
    });
    assert.deepEqual(await lasting(['a', 'b'], { ...options, limit: 2 }), ['1', '2']);
    assert.deepEqual([...asked], [['a', 2]]);
  });
});

describe('the comparison of two copies', () => {
  test('makes this digest for ever', () => {
    assert.deepEqual(gathered([set(at, 2, '{}'), set(at, 1, '{}')]).digests(), [
      {
        station: 'trạm 1',
        hour: '2026-01-15T01:00:00.000Z',
        collection: 'sets',
        facts: 2,
        digest: '5199b7ebbe82e20b459d9689ddb7b5e3eb95ac7a52695763611c1e5564c677e7',
      },
    ]);
  });

  test('finds nothing between equal copies, in whatever order and however often they say it', () => {
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (all, numbers) => {
        const shuffled = [...all, ...all]
          .map((fact) => ({ fact, by: numbers.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ fact }) => fact);
        assert.deepEqual(compared(all, shuffled), []);
      }),
    );
  });

  test('lists exactly what one side lacks or has otherwise', () => {
    fc.assert(
      fc.property(facts, facts, (here, there) => {
        const name = ({ place, line }: Kept) => `${place.station} ${line.slice(0, line.lastIndexOf(' '))}`;
        const bytes = (all: readonly Kept[]) => new Map(all.map((fact) => [name(fact), fact.line]));
        const [ours, theirs] = [bytes(here), bytes(there)];
        const expected = [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((key) => {
          const [our, their] = [ours.get(key), theirs.get(key)];
          if (our === their) return [];
          return `${!our ? 'missing here' : !their ? 'missing there' : 'other bytes'} ${key}`;
        });
        const single = (all: readonly Kept[]) => [...new Map(all.map((fact) => [name(fact), fact])).values()];
        const found = compared(single(here), single(there)).map(
          ({ difference, station, type, series, time, version }) =>
            `${difference} ${station} ${type} ${series} ${time} ${version}`,
        );
        assert.deepEqual(found.sort(), expected.sort());
      }),
    );
  });

  test('names a fact of which one side holds two values', () => {
    const found = compared([set(at, 1, 'a'), set(at, 1, 'b')], [set(at, 1, 'a')]);
    assert.deepEqual(
      found.map(({ difference, version }) => [difference, version]),
      [['other bytes', 1]],
    );
  });

  test('takes the hours that begin in the range, and facts without time always', () => {
    const hours = hoursBetween('2026-01-15T01:30:00.000Z', '2026-01-15T03:00:00.000Z');
    const within = [0, at, Date.UTC(2026, 0, 15, 2), Date.UTC(2026, 0, 15, 2, 59, 59), Date.UTC(2026, 0, 15, 3)];
    assert.deepEqual(
      within.map((time) => isWithin(hours, time)),
      [true, false, true, true, false],
    );
    assert.ok(isWithin(hoursBetween(), at));
    assert.equal(factOf('sets', 's', { type: 'T', series: 's', time: 0, version: 1 }, Buffer.of()).place.hour, '');
  });
});
