import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type TopicDeclaration, toEntry, topics } from '@quantrac/contracts';
import type { LogRecord } from '@quantrac/event-log';
import { differencesBetween, type EqualOptions, type Results } from './equal.ts';

type Data = Readonly<Record<string, unknown>>;

const provenance = { knownAt: '2026-01-15T01:31:00.000Z', cause: 'receipt:n/1', root: 'receipt:n/1' };
const reading = {
  channel: 'COD',
  value: '45.3',
  used: '45.3',
  revision: 1,
  flag: 1,
  flags: '111111',
  counts: true,
};
const set = {
  station: 's1',
  time: '2026-01-15T01:30:00.000Z',
  version: 1,
  received: 1,
  rules: '1',
  ...provenance,
  readings: [reading],
};
const mean = {
  station: 's1',
  channel: 'COD',
  statistic: 'mean',
  length: '1h',
  end: '2026-01-15T02:00:00.000Z',
  version: 1,
  value: null,
  reason: 'data-capture',
  received: 1,
  basis: 'abc',
  state: 'closed',
  ...provenance,
};
const episode = {
  episode: 's1/COD/exceedance/24h/1',
  station: 's1',
  channel: 'COD',
  rule: 'exceedance',
  limit: '24h',
  ordinal: 1,
  version: 1,
  state: 'closed',
  start: '2026-01-15T01:30:00.000Z',
  end: '2026-01-15T02:30:00.000Z',
  peak: '90',
  backfilled: false,
  ...provenance,
};
const held = {
  held: 'n/7',
  version: 1,
  node: 'n',
  receipt: 'n/7',
  station: null,
  path: 'X/a.txt',
  state: 'held',
  lines: [],
  reason: 'StationUnknown',
  ...provenance,
};
const incident = {
  incident: 'i1',
  version: 1,
  station: 's1',
  rule: 'exceedance',
  state: 'open',
  openedAt: provenance.knownAt,
  episodes: [{ episode: 's1/COD/exceedance/24h/1', state: 'closed' }],
  resolution: null,
  ...provenance,
};

let sequence = 0;
const record = (topic: TopicDeclaration, type: string, data: Data): [string, LogRecord] => {
  const envelope = { key: 's1', type, sequence: String(++sequence), knownAt: 0, source: 'urn:quantrac:node:n' };
  return [topic.name, toEntry(topic.name, envelope, Buffer.from(JSON.stringify(data)))];
};
const checked = (data: Data = {}) => record(topics.observationsChecked, 'ObservationSetChecked', { ...set, ...data });
const computed = (data: Data = {}) => record(topics.aggregates, 'AggregateComputed', { ...mean, ...data });
const recorded = (data: Data = {}) => record(topics.episodes, 'EpisodeRecorded', { ...episode, ...data });
const waiting = (data: Data = {}) => record(topics.intakeHeld, 'FileHeld', { ...held, ...data });
const opened = (data: Data = {}) => record(topics.incidents, 'IncidentRecorded', { ...incident, ...data });

const results = (...records: [string, LogRecord][]): Results =>
  new Map([...Map.groupBy(records, ([topic]) => topic)].map(([topic, list]) => [topic, list.map(([, one]) => one)]));
const later = { knownAt: '2026-01-16T00:00:00.000Z', cause: 'receipt:n/9', root: 'receipt:n/8' };
const named = (here: Results, there: Results, options?: EqualOptions): readonly string[] =>
  differencesBetween(here, there, options).flatMap(({ thing, difference, fields }) =>
    fields.length === 0
      ? `${difference}: ${thing}`
      : fields.map((one) => `${thing}: ${one.path} ${one.here} ${one.there}`),
  );

describe('the comparison of two sets of results', () => {
  it('finds equal what was told in another number of versions, at other times and for other causes', () => {
    const readings = [{ ...reading, revision: 4 }];
    const there = results(
      checked({ readings: [{ ...reading, value: '1' }] }),
      checked({ ...later, version: 3, received: 4, readings }),
      computed({ ...later, version: 2, state: 'amended' }),
      recorded({ ...later, version: 5, backfilled: true }),
    );
    assert.deepEqual(named(results(checked(), computed(), recorded()), there), []);
    assert.deepEqual(named(there, there, { histories: true }), []);
  });

  it('finds equal the same episodes and held files under other numbers, and leaves withdrawn episodes and released files out', () => {
    const here = results(recorded(), waiting());
    const there = results(
      recorded({ version: 1, start: '2026-01-14T00:00:00.000Z' }),
      recorded({ version: 2, state: 'withdrawn' }),
      recorded({ episode: 's1/COD/exceedance/24h/2', ordinal: 2 }),
      waiting({ held: 'n/3', receipt: 'n/3' }),
      waiting({ held: 'n/4', receipt: 'n/4' }),
      waiting({ held: 'n/5', receipt: 'n/5', state: 'released', path: 'X/b.txt' }),
    );
    assert.deepEqual(named(here, there), []);
  });

  it('names a value, a flag and a reason that differ by reading', () => {
    const there = { ...reading, value: '45.4', flags: '111411', counts: false, notCounted: 'failed' };
    assert.deepEqual(named(results(checked()), results(checked({ readings: [there] }))), [
      'ObservationSetChecked set 2026-01-15T01:30:00.000Z: readings.COD.counts true false',
      'ObservationSetChecked set 2026-01-15T01:30:00.000Z: readings.COD.flags 111111 111411',
      'ObservationSetChecked set 2026-01-15T01:30:00.000Z: readings.COD.notCounted undefined failed',
      'ObservationSetChecked set 2026-01-15T01:30:00.000Z: readings.COD.value 45.3 45.4',
    ]);
  });

  it('names a basis, a state and a count that differ', () => {
    const there = results(computed({ basis: 'abd', state: 'provisional', received: 2, reason: undefined }));
    assert.deepEqual(
      named(results(computed()), there),
      ['basis abc abd', 'reason data-capture undefined', 'received 1 2', 'state closed provisional'].map(
        (field) => `AggregateComputed COD/mean/1h 2026-01-15T02:00:00.000Z: ${field}`,
      ),
    );
  });

  it('names what only one side has, each way', () => {
    const other = { time: '2026-01-15T01:35:00.000Z' };
    const here = results(checked(), recorded(), waiting());
    const there = results(checked(other), recorded({ start: '2026-01-15T01:35:00.000Z' }));
    assert.deepEqual(named(here, there), [
      'missing there: EpisodeRecorded COD exceedance 24h from 2026-01-15T01:30:00.000Z',
      'missing here: EpisodeRecorded COD exceedance 24h from 2026-01-15T01:35:00.000Z',
      `missing there: ${named(results(waiting()), results())[0]!.slice(15)}`,
      'missing there: ObservationSetChecked set 2026-01-15T01:30:00.000Z',
      'missing here: ObservationSetChecked set 2026-01-15T01:35:00.000Z',
    ]);
  });

  it('names an episode that stands there twice', () => {
    const there = results(recorded(), recorded({ episode: 's1/COD/exceedance/24h/2', ordinal: 2 }));
    assert.deepEqual(named(results(recorded()), there), [
      'missing here: EpisodeRecorded COD exceedance 24h from 2026-01-15T01:30:00.000Z, number 2',
    ]);
  });

  it('compares incidents and every version only where histories are asked for', () => {
    const here = results(opened(), checked(), checked({ version: 2, ...later }));
    const there = results(opened({ state: 'resolved' }), checked({ version: 2, ...later, cause: 'review:r1' }));
    assert.deepEqual(named(here, there), []);
    assert.deepEqual(named(here, there, { histories: true }), [
      'IncidentRecorded exceedance about s1/COD/exceedance/24h/1: state open resolved',
      'missing there: ObservationSetChecked set 2026-01-15T01:30:00.000Z version 1',
      'ObservationSetChecked set 2026-01-15T01:30:00.000Z version 2: cause receipt:n#3 review:r1',
    ]);
  });

  it('compares receipts in histories by their order for the key, since their numbers have gaps', () => {
    const history = (first: number, second: number) =>
      results(
        checked({ cause: `receipt:n/${first}`, root: `receipt:n/${first}` }),
        checked({ version: 2, ...later, cause: `receipt:n/${second}`, root: `receipt:n/${first}` }),
      );
    assert.deepEqual(named(history(9, 10), history(2007, 15_001), { histories: true }), []);
    assert.notDeepEqual(named(history(9, 10), history(10, 9), { histories: true }), []);
  });

  it('compares incidents by what they are about, where intake times are the same', () => {
    const second = { episode: 's1/COD/exceedance/24h/2', ordinal: 2 };
    const about = (state: string) => [{ episode: 's1/COD/exceedance/24h/2', state }];
    const here = results(recorded(), opened());
    const renamed = [
      recorded({ state: 'withdrawn' }),
      recorded(second),
      opened({ resolution: 'joined into i2', state: 'resolved' }),
    ];
    const there = results(...renamed, opened({ incident: 'i2', version: 4, episodes: about('closed') }));
    assert.deepEqual(named(here, there, { incidents: true }), []);
    const thing =
      'IncidentRecorded exceedance about s1 EpisodeRecorded COD exceedance 24h from 2026-01-15T01:30:00.000Z';
    const open = results(...renamed, opened({ incident: 'i2', episodes: about('open') }));
    assert.deepEqual(named(here, open, { incidents: true }), [`${thing}: episodes.0.state closed open`]);
    assert.deepEqual(named(here, results(recorded()), { incidents: true }), [`missing there: ${thing}`]);
    assert.deepEqual(named(results(recorded(), opened(), opened({ incident: 'i2' })), here, { incidents: true }), [
      `missing there: ${thing}, number 2`,
    ]);
  });

  it('finds a topic that one side does not have at all', () => {
    assert.equal(differencesBetween(results(checked(), computed()), results(computed())).length, 1);
    assert.equal(differencesBetween(results(), results(checked())).length, 1);
  });
});
