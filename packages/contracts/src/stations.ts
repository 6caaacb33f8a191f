import { z } from 'zod';
import { actor, day, decimal, id, instant } from './values.ts';

export const stationKind = z.enum(['wastewater', 'stack', 'ambient-air', 'surface-water', 'groundwater', 'hydromet']);

export const lifecycle = z.enum(['planned', 'installing', 'trial', 'confirmed', 'operating', 'suspended', 'retired']);

/** No sensor needs more digits, and arithmetic reads no text without end. */
const threshold = decimal.max(30);
const range = z.object({ min: threshold.optional(), max: threshold.optional() });

/** Thresholds of the automatic tests, in the channel's unit; a test without threshold is "not evaluated". */
export const qualityRules = z.object({
  grossRange: z.object({ fail: range.optional(), suspect: range.optional() }).optional(),
  /** How far a reading stands out from both its neighbours to the same side, over the nearer one. */
  spike: z.object({ suspect: threshold.optional(), fail: threshold.optional() }).optional(),
  /** Change since the reading before, per minute. */
  rateOfChange: z.object({ suspect: threshold.optional(), fail: threshold.optional() }).optional(),
  /** Readings in a row within the tolerance. */
  flatLine: z
    .object({ tolerance: threshold, suspectAfter: z.int().min(2).optional(), failAfter: z.int().min(2).optional() })
    .optional(),
});

/** How a channel is sent and read from an instant on; the newest at or before a reading's time holds. */
export const channelSettings = z.object({
  /** null: since ever. */
  from: instant.nullable(),
  /** The names by which files know the channel, compared in NFC without case. */
  names: z.array(z.string().min(1).max(64)).min(1),
  /** The unit in which values are kept and compared with limits. */
  unit: z.string().max(32),
  /** Assumed where a file names no unit. */
  unitSent: z.string().max(32).optional(),
  /** What the logger writes for a unit, compared in NFC without case; before any other meaning of it. */
  unitSpellings: z.array(z.object({ spelling: z.string().max(32), unit: z.string().max(32) })).optional(),
  /** What the number counts: `N`, `NH4`, `NO2` ... */
  basisSent: z.string().max(16).optional(),
  basis: z.string().max(16).optional(),
  /** Whether a stamp ends or opens its interval. */
  stamp: z.enum(['end', 'start']),
  statistic: z.enum(['mean', 'instant', 'sum']),
  intervalMs: z.int().min(1000),
  /** How often the logger sends what it has; a burst of twelve files an hour: 3600000. */
  deliveryMs: z.int().min(1000),
  /** An analyser that measures less often than it reports repeats values honestly. */
  analyserCycleMs: z.int().min(1000).optional(),
  instrument: id.optional(),
  quality: qualityRules.optional(),
});
export type ChannelSettings = z.infer<typeof channelSettings>;

export const channel = z.object({
  /** Unique and permanent within the station. */
  channel: id,
  /** The catalogue's code: `COD`, `PM2.5`. */
  parameter: z.string().min(1).max(32),
  /** Where it is measured: `inlet`, `outlet`, ... */
  point: z.string().max(32).optional(),
  settings: z.array(channelSettings).min(1),
});
export type Channel = z.infer<typeof channel>;

export const instrument = z.object({
  instrument: id,
  channel: id,
  from: instant.nullable(),
  to: instant.nullable(),
  brand: z.string().max(100).optional(),
  model: z.string().max(100).optional(),
  serial: z.string().max(100).optional(),
});

export const declaredPeriod = z.object({
  period: id,
  kind: z.enum(['maintenance', 'calibration', 'no-discharge', 'power-cut', 'stop']),
  from: instant,
  to: instant,
  /** Undefined: the whole station. */
  channels: z.array(id).optional(),
  by: actor.shape.account,
  accepted: z.boolean(),
  /** Whether its slots count as expected. */
  expected: z.boolean(),
  reason: z.string().max(1000),
});
export type DeclaredPeriod = z.infer<typeof declaredPeriod>;

/** How wrong the clock of a station's logger is from an instant of arrival on; the newest at or before a file's arrival holds. */
export const clockCorrection = z.object({
  /** null: since ever. */
  from: instant.nullable(),
  /** Added to the stamps of its files; 0: the clock is right again. */
  offsetMs: z.int(),
});
export type ClockCorrection = z.infer<typeof clockCorrection>;

/** The whole state of one station; topic `stations`. No credentials. */
export const stationRecorded = z.object({
  station: id,
  version: z.int().min(1),
  knownAt: instant,
  cause: z.string(),
  kind: stationKind,
  name: z.string().min(1).max(200),
  lifecycle,
  /** Every stage that it has been in, ascending by date; null: since ever. The last is `lifecycle`. */
  lifecycles: z.array(z.object({ from: instant.nullable(), lifecycle })).optional(),
  facility: id.optional(),
  node: id,
  /** Official codes; a code without a date names no province. */
  provinces: z.array(z.object({ province: z.string(), from: day.nullable() })),
  /** Codes of the department, the ministry, the old server; dated. */
  aliases: z.array(
    z.object({ system: z.string(), code: z.string(), from: instant.nullable(), to: instant.nullable() }),
  ),
  /** How its files are recognised: name prefixes, its folder, the accounts that upload for it. */
  prefixes: z.array(z.string().min(1).max(200)),
  folder: z.object({ code: z.string().min(1).max(100), layout: z.int().min(1).max(10) }).optional(),
  accounts: z.array(id),
  position: z.object({ latitude: decimal, longitude: decimal }).optional(),
  channels: z.array(channel),
  instruments: z.array(instrument),
  declaredPeriods: z.array(declaredPeriod),
  /** Sorted by their dates; undefined: the clock was always right. */
  clockCorrections: z.array(clockCorrection).optional(),
  approval: z.object({ state: z.enum(['none', 'waiting', 'approved', 'rejected']), reason: z.string().optional() }),
});
export type StationRecorded = z.infer<typeof stationRecorded>;

/** The settings in force at an instant (ISO text); the first ones hold before their date too. */
export function settingsAt(channel: Channel, at: string): ChannelSettings {
  let found = channel.settings[0]!;
  for (const settings of channel.settings) if (settings.from === null || settings.from <= at) found = settings;
  return found;
}
