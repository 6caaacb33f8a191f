import type {
  Channel,
  ChannelSettings,
  DeclaredPeriod,
  IntakeAdvanced,
  ObservationSetReceived,
  ReceivedReading,
  ReviewRecorded,
  StationRecorded,
} from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';

export const station = 'station1';
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** ms of a Vietnamese time on 15 January 2026: `at('08:30')`. */
export const at = (clock: string, day = '2026-01-15'): number => Date.parse(`${day}T${clock}:00.000+07:00`);

export const instantAt = (clock: string, day?: string): string => toInstant(at(clock, day));

export const someSettings = (changed: Partial<ChannelSettings> = {}): ChannelSettings => ({
  from: null,
  names: ['COD'],
  unit: 'mg/L',
  stamp: 'end',
  statistic: 'mean',
  intervalMs: 5 * MINUTE_MS,
  deliveryMs: 5 * MINUTE_MS,
  ...changed,
});

export const aChannel = (channel: string, changed: Partial<ChannelSettings> = {}, parameter = 'COD'): Channel => ({
  channel,
  parameter,
  settings: [someSettings(changed)],
});

export const stationRecord = (changed: Partial<StationRecorded> = {}): StationRecorded => ({
  station,
  version: 1,
  knownAt: instantAt('00:00', '2026-01-01'),
  cause: 'command:1',
  kind: 'wastewater',
  name: 'Trạm nước thải 1',
  lifecycle: 'operating',
  node: 'node1',
  provinces: [],
  aliases: [],
  prefixes: [],
  accounts: [],
  channels: [aChannel('cod')],
  instruments: [],
  declaredPeriods: [],
  approval: { state: 'none' },
  ...changed,
});

export const aPeriod = (from: string, to: string, changed: Partial<DeclaredPeriod> = {}): DeclaredPeriod => ({
  period: 'p1',
  kind: 'maintenance',
  from,
  to,
  by: 'operator',
  accepted: true,
  expected: false,
  reason: 'thay đầu đo',
  ...changed,
});

export const aReading = (value: string | null, changed: Partial<ReceivedReading> = {}): ReceivedReading => ({
  channel: 'cod',
  value,
  unit: 'mg/L',
  status: '00',
  revision: 1,
  receipt: 'node1/1',
  ...changed,
});

/** `knownAt`: undefined: as soon as it was measured. */
export const aSet = (
  time: number,
  readings: readonly ReceivedReading[],
  changed: Partial<ObservationSetReceived> = {},
): ObservationSetReceived => ({
  station,
  time: toInstant(time),
  revision: 1,
  stationVersion: 1,
  knownAt: toInstant(time),
  cause: `receipt:node1/${time / MINUTE_MS}`,
  root: `receipt:node1/${time / MINUTE_MS}`,
  readings: [...readings],
  ...changed,
});

export const anAdvance = (upTo: number, changed: Partial<IntakeAdvanced> = {}): IntakeAdvanced => ({
  station,
  stationVersion: 1,
  upTo: toInstant(upTo),
  knownAt: toInstant(upTo + 5 * MINUTE_MS),
  expected: 12,
  missing: 0,
  lastReceived: null,
  openSince: instantAt('00:00', '2026-01-01'),
  ...changed,
});

export const aReview = (from: number, to: number, changed: Partial<ReviewRecorded> = {}): ReviewRecorded => ({
  review: 'r1',
  version: 1,
  station,
  channels: ['cod'],
  from: toInstant(from),
  to: toInstant(to),
  decision: 'rejected',
  reason: 'bơm hỏng',
  by: 'officer',
  state: 'in-force',
  knownAt: instantAt('23:00'),
  cause: 'command:2',
  ...changed,
});
