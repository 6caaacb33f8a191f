import assert from 'node:assert/strict';
import { HOUR, row, start } from './conformance-deeds.ts';
import type { LatestOf, Range, Row, TimeSeries } from './time-series.ts';

const KEYS = ['station/a', 'station/b'];
const SERIES = ['set', 'mean', 'advance'];
const HOURS = 30;

/** Inserts and asks at random, and compares each answer with that of a plain list of rows. Prints its seed when it fails. */
export async function answersAsAList(store: TimeSeries, seed = Date.now() % 1_000_000): Promise<void> {
  const below = randomNumbers(seed);
  const of = <T>(values: readonly T[]): T => values[below(values.length)]!;
  const list: Row[] = [];
  const anyTime = () => start + below(HOURS * 4) * (HOUR / 4);
  const anyRow = () =>
    row({
      key: of(KEYS),
      series: of(SERIES),
      time: anyTime(),
      version: 1 + below(3),
      knownAt: start + below(HOURS) * HOUR,
    });
  const anyRange = (): Range => {
    const from = anyTime();
    return {
      collection: 'checked',
      key: of(KEYS),
      series: of([...SERIES, undefined]),
      from,
      to: from + below(20) * HOUR,
      versions: of(['all', 'current']),
      knownAt: of([undefined, anyTime()]),
      limit: of([1, 5, Infinity]),
    };
  };
  for (let round = 0; round < 40; round++) {
    const rows = Array.from({ length: below(40) }, anyRow);
    const fresh = rows.filter((one, at) => ![...list, ...rows.slice(0, at)].some((other) => isSame(one, other)));
    list.push(...fresh);
    const why = `seed ${seed}, round ${round}`;
    assert.equal(await store.insert(rows), fresh.length, why);
    for (const range of Array.from({ length: 6 }, anyRange))
      compare(await store.range(range), rangeOf(list, range), `${why}: ${JSON.stringify(range)}`);
    const latest: LatestOf = { collection: 'checked', key: of(KEYS), series: of(SERIES) };
    compare((await store.latest([latest])).filter(isThere), latestOf(list, latest), why);
    const after = of([...list.map(({ sequence }) => sequence), '']);
    const limit = 1 + below(30);
    compare(await store.history('checked', latest.key, after, limit), historyOf(list, latest.key, after, limit), why);
    assert.equal(await store.count('checked'), list.length, why);
  }
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;
const isSame = (a: Row, b: Row) =>
  a.key === b.key && a.series === b.series && a.time === b.time && a.version === b.version;
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compare = (actual: readonly Row[], expected: readonly Row[], why: string) =>
  assert.deepEqual(
    actual.map(({ value, ...rest }) => ({ ...rest, value: Buffer.from(value).toString() })),
    expected.map(({ value, ...rest }) => ({ ...rest, value: Buffer.from(value).toString() })),
    why,
  );

function rangeOf(list: readonly Row[], { key, series, from, to, versions, knownAt = Infinity, limit }: Range): Row[] {
  const rows = list
    .filter((one) => one.key === key && (series === undefined || one.series === series))
    .filter((one) => one.time >= from && one.time < to && one.knownAt <= knownAt)
    .sort((a, b) => compareText(a.series, b.series) || a.time - b.time || a.version - b.version);
  const isSuperseded = (one: Row) =>
    rows.some((other) => other.series === one.series && other.time === one.time && other.version > one.version);
  return (versions === 'all' ? rows : rows.filter((one) => !isSuperseded(one))).slice(0, limit);
}

const latestOf = (list: readonly Row[], { key, series }: LatestOf): Row[] =>
  list
    .filter((one) => one.key === key && one.series === series)
    .sort((a, b) => b.time - a.time || b.version - a.version)
    .slice(0, 1);

const historyOf = (list: readonly Row[], key: string, after: string, limit: number): Row[] =>
  list
    .filter((one) => one.key === key && one.sequence > after)
    .sort((a, b) => compareText(a.sequence, b.sequence))
    .slice(0, limit);

/** Whole numbers below a bound; the same for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
