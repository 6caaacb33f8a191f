import fc from 'fast-check';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import type { NamesChange } from '../domain/claims.ts';
import type { StationChange } from '../domain/station.ts';

/** What a station is asked to become; some of it may be refused. */
export interface Wish {
  readonly station: string;
  readonly names: readonly NamesChange[];
  readonly changes: readonly StationChange[];
}

/** What cells, quotes, lists and formulas stumble over, within what commands allow. */
const character = fc.constantFrom(...'aBđệ019 ;,"|\\\'=+-@._()');
const line = (maxLength: number) =>
  fc
    .string({ unit: character, minLength: 1, maxLength })
    .map((text) => text.trim().normalize('NFC'))
    .filter((text) => text !== '');
const id = fc.string({ unit: fc.constantFrom(...'abc019._-'), minLength: 1, maxLength: 6 });
const instant = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const since = fc.option(instant);
const decimal = fc.integer({ min: -1000, max: 100_000 }).map((units) => (units / 100).toFixed(2));
const ms = fc.integer({ min: 1000, max: 10_000_000 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const pair = fc.tuple(decimal, decimal).map((both) => both.sort((a, b) => Number(a) - Number(b)));
const quality: fc.Arbitrary<ChannelSettings['quality']> = fc.record(
  {
    grossRange: pair.map(([min, max]) => ({ fail: { min, max }, suspect: {} })),
    spike: pair.map(([suspect, fail]) => ({ suspect, fail })),
    rateOfChange: decimal.map((suspect) => ({ suspect })),
    flatLine: fc.record({ tolerance: decimal, failAfter: maybe(fc.integer({ min: 2, max: 500 })) }),
  },
  { requiredKeys: [] },
);

const settings = (from: fc.Arbitrary<string | null>): fc.Arbitrary<ChannelSettings> =>
  fc
    .record({
      from,
      names: fc.uniqueArray(line(8), { minLength: 1, maxLength: 3 }),
      unit: fc.constantFrom('mg/L', 'µg/L'),
      unitSent: maybe(fc.constantFrom('mg/l', 'g/L')),
      unitSpellings: maybe(
        fc.array(fc.record({ spelling: line(6), unit: fc.constantFrom('mg/l', 'g/L') }), {
          minLength: 1,
          maxLength: 1,
        }),
      ),
      stamp: fc.constantFrom('end' as const, 'start' as const),
      statistic: fc.constantFrom('mean' as const, 'instant' as const, 'sum' as const),
      intervalMs: ms,
      analyserCycleMs: maybe(ms),
      quality: maybe(quality),
    })
    .map((drawn) => ({ ...drawn, deliveryMs: drawn.intervalMs * 3 }));

const channel: fc.Arbitrary<readonly StationChange[]> = fc
  .record({
    channel: id,
    parameter: fc.constantFrom('COD', 'TSS', 'TOC'),
    point: maybe(line(8)),
    first: settings(since),
    next: fc.array(settings(instant), { maxLength: 2 }),
    instrument: maybe(fc.record({ instrument: id, from: since, brand: maybe(line(9)), serial: maybe(line(9)) })),
  })
  .map(({ channel, parameter, point, first, next, instrument }): readonly StationChange[] => [
    { type: 'AddChannel', channel, parameter, point, settings: first },
    ...next.map((settings) => ({ type: 'ChangeChannelSettings', channel, settings }) as const),
    ...(instrument ? [{ type: 'InstallInstrument', channel, ...instrument } as const] : []),
  ]);

/** Part of a path. */
const part = line(9).filter((text) => !text.includes('\\') && !text.startsWith('.'));

const name: fc.Arbitrary<NamesChange> = fc.oneof(
  part.map((prefix) => ({ type: 'AddPrefix', prefix }) as const),
  fc
    .record({ code: part, layout: fc.integer({ min: 1, max: 10 }) })
    .map((folder) => ({ type: 'SetFolder', folder }) as const),
  fc
    .record({ system: fc.constantFrom('ministry', 'old-1'), code: line(9), from: since, to: since })
    .map((alias) => ({ type: 'AddAlias', ...alias }) as const),
);

const clock = fc
  .record({ from: since, offsetMs: fc.integer({ min: -100_000_000, max: 2_000_000_000_000 }) })
  .map((correction): StationChange => ({ type: 'CorrectClock', ...correction, reason: 'UTC' }));

/** Stations with ids of their own that nothing is refused for on account of another. */
export const wishes: fc.Arbitrary<readonly Wish[]> = fc.uniqueArray(
  fc
    .record({
      station: id,
      kind: fc.constantFrom('wastewater' as const, 'surface-water' as const),
      name: line(20),
      lifecycle: fc.constantFrom('planned' as const, 'operating' as const, 'retired' as const),
      facility: maybe(id),
      position: maybe(fc.constant({ latitude: '-10.50', longitude: '106.7' })),
      provinces: fc.subarray([
        { province: '74', from: null },
        { province: '01', from: '2026-01-01' },
      ]),
      names: fc.array(name, { maxLength: 4 }),
      clock: fc.array(clock, { maxLength: 2 }),
      channels: fc.array(channel, { maxLength: 3 }),
    })
    .map(({ names, clock, channels, facility, position, ...registration }) => ({
      station: registration.station,
      names,
      changes: [
        {
          type: 'RegisterStation',
          node: 'n1',
          ...registration,
          ...(facility !== undefined && { facility }),
          ...(position && { position }),
        } as const,
        ...clock,
        ...channels.flat(),
      ],
    })),
  { selector: ({ station }) => station, maxLength: 4 },
);
