import { toInstant } from '@quantrac/regulations';
import type { Fed } from '@quantrac/testing/drive-processor';
import fc from 'fast-check';
import { advanceRecord, at, dayRecord, limit, limitsRecord, meanRecord, setRecord, stationRecord } from './scenario.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = at('00:00');
const HOURS = 60;

const reading = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '4.9', '5', '6.2', '9', '12') },
  { weight: 3, arbitrary: fc.constant('fail') },
  { weight: 1, arbitrary: fc.constantFrom('01', '02', 'missing', 'rejected') },
);
/** What a set of two channels holds. */
export const contents = fc
  .record({ cod: reading, ph: reading }, { requiredKeys: [] })
  .filter((sent) => Object.keys(sent).length > 0);

/** Bursts of sets, so that there are runs and gaps; each set in one to three versions. */
const sets = fc
  .array(
    fc.record({
      from: fc.nat(HOURS * 12),
      length: fc.integer({ min: 1, max: 15 }),
      versions: fc.array(contents, { minLength: 15, maxLength: 30 }),
    }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((bursts) => {
    const bySlot = new Map<number, Fed[]>();
    for (const { from, length, versions } of bursts)
      versions.forEach((sent, index) => {
        const slot = from + (index % length);
        const known = bySlot.get(slot) ?? [];
        bySlot.set(slot, known);
        if (known.length < 3) known.push(setRecord(START + slot * 5 * MINUTE, sent, known.length + 1));
      });
    return [...bySlot.values()];
  });

const means = fc
  .array(
    fc.record({
      length: fc.constantFrom('1h' as const, '1h' as const, '8h' as const, '24h' as const),
      hour: fc.nat(HOURS),
      values: fc.array(fc.constantFrom('3', '5', '7', '8', null), { minLength: 1, maxLength: 3 }),
      state: fc.constantFrom('closed' as const, 'closed' as const, 'provisional' as const),
    }),
    { maxLength: 50 },
  )
  .map((entries) => {
    const groups = new Map<string, Fed[]>();
    for (const { length, hour, values, state } of entries) {
      const end = length === '24h' ? at('17:00') + (hour % 4) * 24 * HOUR : START + hour * HOUR;
      groups.set(
        `${length} ${end}`,
        values.map((value, index) => meanRecord({ channel: 'cod', length, end, value, version: index + 1, state })),
      );
    }
    return [...groups.values()];
  });

const days = fc
  .array(
    fc.record({
      day: fc.integer({ min: 14, max: 18 }),
      values: fc.array(fc.constantFrom('3', '7', '12', null), { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 6 },
  )
  .map((entries) => {
    const groups = new Map<string, Fed[]>();
    for (const { day, values } of entries)
      groups.set(
        String(day),
        values.map((value, index) => dayRecord({ channel: 'cod', day: `2026-01-${day}`, value, version: index + 1 })),
      );
    return [...groups.values()];
  });

const day = fc.constantFrom('2026-01-01', '2026-01-15', '2026-01-16', '2026-01-17');
const limits = fc
  .array(
    fc.array(
      fc.record({
        channel: fc.constantFrom('cod', 'ph'),
        basis: fc.constantFrom('reading' as const, '1h' as const, '8h' as const, '24h' as const),
        from: day,
        to: fc.option(day),
        interval: fc.boolean(),
        upper: fc.constantFrom('6', '10'),
        warns: fc.boolean(),
        permit: fc.constantFrom(null, 'permit-1'),
      }),
      { maxLength: 6 },
    ),
    {
      maxLength: 3,
    },
  )
  .map((versions) => [
    versions.map((terms, index) => {
      const named = new Map(terms.map((term) => [`${term.channel} ${term.basis}`, term]));
      const list = [...named.values()].map(({ interval, warns, ...term }) =>
        limit({ ...term, lower: interval ? '2' : null, earlyWarning: warns ? '0.5' : null }),
      );
      return limitsRecord(list, index + 1);
    }),
  ]);

const stations = fc
  .array(
    fc.record({
      intervalMs: fc.constantFrom(5 * MINUTE, 10 * MINUTE, HOUR),
      deliveryMs: fc.constantFrom(5 * MINUTE, HOUR),
      stages: fc.array(fc.nat(HOURS * 4), { maxLength: 4 }),
      declared: fc.array(
        fc.record({
          slot: fc.nat(HOURS),
          hours: fc.integer({ min: 1, max: 8 }),
          channels: fc.option(fc.constant<string[]>(['cod']), { nil: undefined }),
        }),
        { maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((versions) => [
    versions.map(({ declared, stages, ...terms }, index) => {
      const spans = declared.map(({ slot, hours, channels }) => ({
        from: START + slot * HOUR,
        to: START + (slot + hours) * HOUR,
        ...(channels && { channels }),
      }));
      const lifecycles = [0, ...stages.toSorted((a, b) => a - b)].map((quarter, stage) => ({
        from: stage === 0 ? null : toInstant(START + quarter * 15 * MINUTE),
        lifecycle: stage % 2 === 0 ? ('operating' as const) : ('suspended' as const),
      }));
      return stationRecord({ ...terms, version: index + 1, declared: spans, lifecycles });
    }),
  ]);

const advances = fc
  .array(fc.record({ minutes: fc.integer({ min: 5, max: 8 * 60 }), returned: fc.boolean() }), { maxLength: 10 })
  .map((steps) => {
    const records: Fed[] = [];
    let upTo = START;
    let openSince = START;
    for (const { minutes, returned } of steps) {
      upTo += minutes * MINUTE;
      if (returned) openSince = upTo - 2 * MINUTE;
      records.push(advanceRecord(upTo, openSince));
    }
    return [records];
  });

/** One after the other, each group's records in their order. */
const interleaved = (groups: readonly (readonly Fed[])[]): fc.Arbitrary<readonly Fed[]> => {
  const owners = groups.flatMap((group, index) => group.map(() => index));
  return fc.shuffledSubarray(owners, { minLength: owners.length, maxLength: owners.length }).map((order) => {
    const left = groups.map((group) => group.values());
    return readably(order.map((owner) => left[owner]!.next().value!));
  });
};

/** Records of all kinds in a drawn order, where versions come in theirs. */
export const someRecords = fc
  .tuple(sets, means, days, limits, stations, advances)
  .chain((groups) => interleaved(groups.flat()));

/** The same topics, each in one order, as two readers take them who are not equally quick at each; the rules come first. */
export const someReaders = fc
  .tuple(sets, means, days, limits, stations, advances)
  .chain(([ofSets, ofMeans, ofDays, ofLimits, ofStations, ofAdvances]) => {
    const rules = [...ofStations, ...ofLimits].flat();
    const topics = [[...ofSets, ...ofAdvances], ofMeans, ofDays].map(interleaved);
    return fc
      .tuple(...topics)
      .chain((ordered) =>
        fc
          .tuple(interleaved(ordered), interleaved(ordered))
          .map((both) => both.map((order) => readably([...rules, ...order]))),
      );
  });

const readably = (records: readonly Fed[]): readonly Fed[] =>
  Object.defineProperty(records, fc.toStringMethod, { value: () => told(records) });

/** Enough of each record to see a counterexample. */
const told = (records: readonly Fed[]): string =>
  records.map(({ type, data }) => `${type} ${JSON.stringify(data, leanly)}`).join('\n');

const leanly = (name: string, value: unknown): unknown =>
  [
    'station',
    'flags',
    'cause',
    'root',
    'knownAt',
    'unit',
    'names',
    'revision',
    'rules',
    'lane',
    'basis',
    'factors',
    'permit',
    'standard',
    'column',
    'parameter',
    'facility',
    'unconfirmed',
    'reason',
    'by',
    'kind',
    'sum',
    'dataCapture',
  ].includes(name)
    ? undefined
    : value;
