import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { incidentsOf, type Outages, type OutagesCommand, takenOutages, tellingOf } from './outage-waves.ts';

const MINUTE = 60_000;
const rule = { joinOutagesFrom: 3, joinOutagesWithinMs: 10 * MINUTE };
const decider = takenOutages(rule);

const outage = (station: string, minute: number, other: Partial<OutagesCommand> = {}): OutagesCommand => ({
  type: 'TakeOutage',
  episode: `${station}/*/outage/1`,
  station,
  start: minute * MINUTE,
  nodeAway: false,
  incident: `i-${station}`,
  standing: 'open',
  summary: '',
  backfilled: false,
  version: 1,
  at: '2026-01-15T08:00:00.000Z',
  ...other,
});

const taking = (...outages: readonly OutagesCommand[]): Outages =>
  outages.reduce((known, one) => fold(decider, decider.decide(one, known), known), decider.initial);

/** The incident of each outage, in the order of stations. */
const incidents = (...days: readonly Outages[]): string[] =>
  [...incidentsOf(days, rule)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, incident]) => incident);

/** Which outages are one incident, whatever it is called. */
const together = (outages: readonly OutagesCommand[]): string =>
  [...Map.groupBy(incidentsOf([taking(...outages)], rule), ([, incident]) => incident).values()]
    .map((group) =>
      group
        .map(([episode]) => episode.split('/')[0])
        .sort()
        .join(''),
    )
    .sort()
    .join(' ');

function ordersOf<One>(all: readonly One[]): One[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one, index) => ordersOf(all.toSpliced(index, 1)).map((others) => [one, ...others]));
}

describe('outages that begin together', () => {
  it('are each station its own incident while they are two', () => {
    assert.deepEqual(incidents(taking(outage('a', 0), outage('b', 5))), ['i-a', 'i-b']);
  });

  it('are one incident from the third station on, that of the one that was taken first, and it keeps its name', () => {
    const three = [outage('b', 5), outage('a', 0), outage('c', 10)];
    assert.deepEqual(incidents(taking(...three)), ['i-b', 'i-b', 'i-b']);
    assert.deepEqual(incidents(taking(...three, outage('d', 0))), ['i-b', 'i-b', 'i-b', 'i-b']);
  });

  it('are the same ones in whichever order they were taken', () => {
    const hourly = outage('a', 0, { lateAfterMs: 65 * MINUTE });
    const all = [hourly, outage('b', 9), outage('c', 11), outage('d', 12), outage('e', 19), outage('f', 30)];
    const ways = new Set(ordersOf(all).map(together));
    assert.deepEqual([...ways], ['abcde f']);
    const split = [outage('a', 0), outage('b', 9), outage('c', 11), outage('d', 12), outage('e', 13)];
    assert.deepEqual([...new Set(ordersOf(split).map(together))], ['a b cde']);
  });

  it('are not joined when they begin farther apart, nor by one station alone', () => {
    assert.deepEqual(incidents(taking(outage('a', 0), outage('b', 5), outage('c', 11))), ['i-a', 'i-b', 'i-c']);
    const second = outage('a', 5, { episode: 'a/*/outage/2' });
    assert.deepEqual(incidents(taking(outage('a', 0), second, outage('b', 6))), ['i-a', 'i-a', 'i-b']);
  });

  it('stay joined when one of them is taken back, and are joined when it was before', () => {
    const back = outage('a', 0, { standing: 'withdrawn', version: 2 });
    const [a, b, c] = [outage('a', 0), outage('b', 5), outage('c', 6)];
    assert.deepEqual(incidents(taking(a, b, c, back)), ['i-a', 'i-a', 'i-a']);
    assert.deepEqual(incidents(taking(a, back, b, c)), ['i-a', 'i-a', 'i-a']);
  });

  it("are one incident of no station from the first, where the node was away, apart from stations' own", () => {
    const outages = taking(outage('a', 0, { nodeAway: true }), outage('b', 1, { nodeAway: true }), outage('c', 1));
    assert.deepEqual(incidents(outages), ['i-a', 'i-a', 'i-c']);
    assert.equal(tellingOf(outages.get('a/*/outage/1')!).station, null);
    assert.equal(tellingOf(outages.get('c/*/outage/1')!).station, 'c');
  });

  it('go with the outage that they are part of, alone and joined', () => {
    const part = outage('a', 60, { episode: 'a/*/outage/2', incident: 'i-other', partOf: 'a/*/outage/1' });
    assert.deepEqual(incidents(taking(outage('a', 0), part)), ['i-a', 'i-a']);
    assert.deepEqual(incidents(taking(outage('b', 0), outage('c', 0), outage('a', 0), part)), Array(4).fill('i-b'));
  });

  it('are one incident where one moment may have begun them all, whatever the cadences', () => {
    const hourly = outage('a', 0, { lateAfterMs: 65 * MINUTE });
    assert.deepEqual(incidents(taking(hourly, outage('b', 50), outage('c', 55))), ['i-a', 'i-a', 'i-a']);
    const apart = incidents(taking(hourly, outage('b', 5), outage('c', 50)));
    assert.deepEqual(apart, ['i-a', 'i-b', 'i-c'], 'b began before c, and a is with b');
  });

  it('are joined across midnight', () => {
    assert.deepEqual(incidents(taking(outage('a', 0), outage('b', 2)), taking(outage('c', 5))), ['i-a', 'i-a', 'i-a']);
  });

  it('are told of later changes, and once that what was known late is live news after all', () => {
    const late = outage('a', 0, { backfilled: true });
    const told = taking(late, outage('a', 0, { version: 2, standing: 'closed', summary: 'is over' }));
    const content = { backfilled: false, version: 2, standing: 'closed', summary: 'is over' };
    assert.partialDeepStrictEqual(tellingOf(told.get('a/*/outage/1')!), content);
  });

  it('change nothing when they are taken again', () => {
    assert.deepEqual(decider.decide(outage('a', 0), taking(outage('a', 0))), []);
  });
});
