import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { dayFor, type Outages, type OutagesCommand, type OutagesEvent, outageWaves, tellings } from './outage-waves.ts';

const MINUTE = 60_000;
const rule = { joinOutagesFrom: 3, joinOutagesWithinMs: 10 * MINUTE };
const waves = outageWaves(rule);

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
  ...other,
});

function taking(...outages: readonly OutagesCommand[]): Outages {
  const events: OutagesEvent[] = [];
  for (const one of outages) events.push(...waves.decide(one, fold(waves, events)));
  return fold(waves, events);
}

/** `<command> <incident> <episode's or other incident's>` */
const told = (outages: Outages, station: string): string[] =>
  tellings(outages, `${station}/*/outage/1`).map(({ incident, command }) =>
    command.type === 'TellEpisode'
      ? `tell ${incident} ${command.episode.split('/')[0]} of ${command.station}`
      : `join ${incident} ${command.into}`,
  );

describe('outages that begin together', () => {
  it('are each station its own incident while they are two', () => {
    const outages = taking(outage('a', 0), outage('b', 5));
    assert.deepEqual(told(outages, 'a'), ['tell i-a a of a']);
    assert.deepEqual(told(outages, 'b'), ['tell i-b b of b']);
  });

  it('are one incident from the third station on, the first one', () => {
    const outages = taking(outage('a', 0), outage('b', 5), outage('c', 10), outage('d', 9));
    assert.deepEqual(told(outages, 'c'), [
      'tell i-a a of a',
      'tell i-a b of b',
      'join i-b i-a',
      'tell i-a c of c',
      'join i-c i-a',
    ]);
    assert.deepEqual(told(outages, 'd'), ['tell i-a d of d']);
  });

  it('are told of later changes where they are by then', () => {
    const outages = taking(outage('a', 0), outage('b', 5), outage('c', 10), outage('b', 5, { standing: 'closed' }));
    const [telling] = tellings(outages, 'b/*/outage/1');
    assert.equal(telling!.incident, 'i-a');
    assert.equal(telling!.command.type === 'TellEpisode' && telling!.command.standing, 'closed');
  });

  it('are not joined when they begin farther apart, nor by one station alone, nor with withdrawn ones', () => {
    const far = taking(outage('a', 0), outage('b', 5), outage('c', 11));
    assert.deepEqual(told(far, 'c'), ['tell i-c c of c']);
    const alone = taking(outage('a', 0), outage('a', 5, { episode: 'a/*/outage/2' }), outage('b', 6));
    assert.deepEqual(told(alone, 'b'), ['tell i-b b of b']);
    const taken = taking(outage('a', 0), outage('a', 0, { standing: 'withdrawn' }), outage('b', 5), outage('c', 6));
    assert.deepEqual(told(taken, 'c'), ['tell i-c c of c']);
  });

  it("are one incident of no station from the first, where the node was away, apart from stations' own", () => {
    const outages = taking(outage('a', 0, { nodeAway: true }), outage('b', 1, { nodeAway: true }), outage('c', 1));
    assert.deepEqual(told(outages, 'a'), ['tell i-a a of null']);
    assert.deepEqual(told(outages, 'b'), ['tell i-a b of null']);
    assert.deepEqual(told(outages, 'c'), ['tell i-c c of c']);
  });

  it('go with the outage that they are part of, alone and joined', () => {
    const part = outage('a', 60, { episode: 'a/*/outage/2', incident: 'i-other', partOf: 'a/*/outage/1' });
    const [alone] = tellings(taking(outage('a', 0), part), part.episode);
    assert.equal(alone!.incident, 'i-a');
    const joined = taking(outage('b', 0), outage('c', 0), outage('a', 0), part);
    assert.deepEqual(
      tellings(joined, part.episode).map(({ incident }) => incident),
      ['i-b'],
    );
  });

  it('are one incident where one moment may have begun them all, whatever the cadences', () => {
    const hourly = outage('a', 0, { lateAfterMs: 65 * MINUTE });
    const outages = taking(hourly, outage('b', 50), outage('c', 55));
    assert.deepEqual(
      tellings(outages, 'c/*/outage/1').map(({ incident }) => incident),
      ['i-a', 'i-a', 'i-b', 'i-a', 'i-c'],
    );
    const apart = taking(hourly, outage('b', 5), outage('c', 50));
    assert.deepEqual(told(apart, 'c'), ['tell i-c c of c'], 'b began before c, and a is with b');
  });

  it('are looked for on the days beside, where nothing on their own fits', () => {
    const [none, evening] = [taking(), taking(outage('a', 0))];
    assert.equal(dayFor(outage('b', 5), [none, evening, none], rule), 1);
    assert.equal(dayFor(outage('b', 11), [none, evening, none], rule), 0);
    assert.equal(dayFor(outage('a', 300), [none, none, evening], rule), 2, 'where it was taken');
    const part = outage('a', 300, { episode: 'a/*/outage/2', partOf: 'a/*/outage/1' });
    assert.equal(dayFor(part, [none, evening, none], rule), 1);
  });

  it('tell once that what was known late is live news after all', () => {
    const late = outage('a', 0, { backfilled: true });
    const outages = taking(late, outage('a', 0, { version: 2 }));
    const [telling] = tellings(outages, 'a/*/outage/1');
    assert.partialDeepStrictEqual(telling!.command, { backfilled: false, version: 2 });
  });

  it('change nothing when they are taken again', () => {
    const outages = taking(outage('a', 0));
    assert.deepEqual(waves.decide(outage('a', 0), outages), []);
  });
});
