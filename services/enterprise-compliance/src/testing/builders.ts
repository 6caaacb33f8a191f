import {
  type AggregateComputed,
  type Channel,
  type LimitInForce,
  type LimitsRecorded,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import { type PermitRule, permitRule } from '@quantrac/contracts/registers';
import { dayBounds, toInstant } from '@quantrac/regulations';
import type { Fed } from '@quantrac/testing/drive-processor';

/** Builders for tests: a station `s1` that measures COD and pH every five minutes. */
export const station = 's1';
const hourMs = 3_600_000;

/** Knows when: the later the record, the later it became known. */
let known = 0;

export const aRule = (changes: { [Field in keyof PermitRule]?: PermitRule[Field] | undefined } = {}): PermitRule =>
  permitRule.parse({
    station,
    channel: 'cod',
    standard: 'QCVN 40:2011/BTNMT',
    column: 'A',
    factors: { Kq: '0.9', Kf: '1.0' },
    ...changes,
  });

export const aChannel = (
  channel: string,
  parameter: string,
  changes: Partial<Channel['settings'][0]> = {},
): Channel => ({
  channel,
  parameter,
  settings: [
    {
      from: null,
      names: [parameter],
      unit: 'mg/L',
      stamp: 'end',
      statistic: 'mean',
      intervalMs: 300_000,
      deliveryMs: 300_000,
      ...changes,
    },
  ],
});

export const outletFlow: Channel = { ...aChannel('flow', 'Flow', { unit: 'm3/h' }), point: 'outlet' };

export const stationRecord = (changes: Partial<StationRecorded> = {}): StationRecorded => ({
  station,
  version: 1,
  knownAt: '2025-12-01T00:00:00.000Z',
  cause: 'command:1',
  kind: 'wastewater',
  name: 'Trạm nước thải 1',
  lifecycle: 'operating',
  node: 'node1',
  provinces: [],
  aliases: [],
  prefixes: [],
  accounts: [],
  channels: [aChannel('cod', 'COD'), aChannel('ph', 'pH', { unit: '-' })],
  instruments: [],
  declaredPeriods: [],
  approval: { state: 'none' },
  ...changes,
});

export const aLimit = (changes: Partial<LimitInForce> = {}): LimitInForce => ({
  limit: '24h',
  station,
  channel: 'cod',
  parameter: 'COD',
  basis: '24h',
  unit: 'mg/L',
  lower: null,
  upper: '67.5',
  from: '2024-01-01',
  to: null,
  standard: 'QCVN 40:2011/BTNMT',
  column: 'A',
  factors: { Kq: '0.9', Kf: '1.0' },
  permit: 'p1',
  facility: 'f1',
  earlyWarning: '0.7',
  unconfirmed: true,
  ...changes,
});

/** The instant that ends hour 1 to 24 of a day. */
export const hourEnd = (day: string, hour: number): string => toInstant(dayBounds(day).after + hour * hourMs);

/** A closed hour of twelve readings that all have one value, unless said otherwise. */
export const anHour = (
  day: string,
  hour: number,
  value: number,
  changes: Partial<AggregateComputed> = {},
): AggregateComputed => ({
  lane: 'official',
  station,
  channel: 'cod',
  parameter: 'COD',
  statistic: 'mean',
  length: '1h',
  end: hourEnd(day, hour),
  version: 1,
  value: String(value),
  sum: String(value * 12),
  unit: 'mg/L',
  expected: 12,
  received: 12,
  valid: 12,
  dataCapture: '1',
  state: 'closed',
  basis: 'b',
  rules: '1',
  knownAt: hourEnd(day, hour),
  cause: `receipt:node1/${hour}`,
  root: `receipt:node1/${hour}`,
  ...changes,
});

/** An hour of which nothing came. */
export const emptyHour = (day: string, hour: number, changes: Partial<AggregateComputed> = {}): AggregateComputed =>
  anHour(day, hour, 0, {
    value: null,
    sum: null,
    reason: 'no-data',
    received: 0,
    valid: 0,
    dataCapture: '0',
    ...changes,
  });

export const wholeDay = (day: string, value: number, changes: Partial<AggregateComputed> = {}): AggregateComputed[] =>
  Array.from({ length: 24 }, (_, index) => anHour(day, index + 1, value, changes));

export const fedStation = (data = stationRecord()): Fed => ({
  topic: topics.stations,
  key: data.station,
  type: 'StationRecorded',
  knownAt: ++known,
  data,
});

export const fedLimits = (limits: LimitInForce[], version = 1): Fed => {
  const data: LimitsRecorded = {
    station,
    facility: 'f1',
    version,
    limits,
    knownAt: '2025-12-01T00:00:00.000Z',
    cause: `permit:p1/${version}`,
  };
  return { topic: topics.limits, key: station, type: 'LimitsRecorded', knownAt: ++known, data };
};

export const fedHour = (data: AggregateComputed): Fed => ({
  topic: topics.aggregates,
  key: data.station,
  type: 'AggregateComputed',
  knownAt: Date.parse(data.knownAt),
  data,
});
