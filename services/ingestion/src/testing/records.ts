import type { Channel, ChannelSettings, DeclaredPeriod, StationRecorded } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import { channelSettings } from '@quantrac/testing';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** ms of a Vietnamese time on 15 January 2026: `at('08:30')`. */
export const at = (clock: string, day = '2026-01-15'): number =>
  Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}.000+07:00`);

export const instantAt = (clock: string, day?: string): string => toInstant(at(clock, day));

const parameterOf: Readonly<Record<string, string>> = { NH4: 'NH4-N' };

export const aChannel = (symbol: string, changed: Partial<ChannelSettings> = {}): Channel => ({
  channel: symbol,
  parameter: parameterOf[symbol] ?? symbol,
  settings: [channelSettings(symbol, changed)],
});

/** Channels named by their symbols, every five minutes. */
export const aStation = (changed: Partial<StationRecorded> = {}): StationRecorded => ({
  station: 'station1',
  version: 1,
  knownAt: instantAt('00:00', '2026-01-01'),
  cause: 'command:1',
  kind: 'wastewater',
  name: 'Trạm nước thải 1',
  lifecycle: 'operating',
  node: 'n1',
  provinces: [],
  aliases: [],
  prefixes: ['HCM_ABC_NT01'],
  accounts: [],
  channels: ['COD', 'TSS', 'pH'].map((symbol) => aChannel(symbol)),
  instruments: [],
  declaredPeriods: [],
  approval: { state: 'none' },
  ...changed,
});

/** An accepted stop of the whole station in which nothing is expected. */
export const aPeriod = (from: string, to: string, changed: Partial<DeclaredPeriod> = {}): DeclaredPeriod => ({
  period: 'p1',
  kind: 'stop',
  from: instantAt(from),
  to: instantAt(to),
  by: 'tester',
  accepted: true,
  expected: false,
  reason: 'bảo trì',
  ...changed,
});
