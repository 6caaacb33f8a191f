import { specification } from '@quantrac/event-sourcing/given';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import { type StationEvent, station } from '../domain/station.ts';

export const given = specification(station);

export const at = '2026-01-15T01:00:00.000Z';
export const later = '2026-02-01T00:00:00.000Z';

/** A wastewater station in operation, in TP. Hồ Chí Minh. */
export const registration = {
  station: 'snt01',
  kind: 'wastewater',
  name: 'Trạm nước thải 1',
  node: 'n1',
  lifecycle: 'operating',
  provinces: [{ province: '79', from: null }],
} as const;

export const registered: StationEvent = { type: 'StationRegistered', data: { ...registration, at } };

/** Every five minutes, twelve files an hour. */
export const settings = (over: Partial<ChannelSettings> = {}): ChannelSettings => ({
  from: null,
  names: ['COD'],
  unit: 'mg/L',
  stamp: 'end',
  statistic: 'mean',
  intervalMs: 300_000,
  deliveryMs: 3_600_000,
  ...over,
});

export const channelAdded = (
  channel: string,
  over: Partial<ChannelSettings> = {},
  parameter = 'COD',
): StationEvent => ({
  type: 'ChannelAdded',
  data: { channel, parameter, settings: settings(over), at },
});
