import { z } from 'zod';
import { day, decimal, id, instant, knownAt, parameter, version } from './values.ts';

export const stationKind = z
  .enum(['wastewater', 'stack', 'ambient-air', 'surface-water', 'groundwater', 'hydromet'])
  .describe('What it monitors.');

export const lifecycle = z
  .enum(['planned', 'installing', 'trial', 'confirmed', 'operating', 'suspended', 'retired'])
  .describe('In which stage it is.');

/** No sensor needs more digits, and arithmetic reads no text without end. */
const threshold = decimal.max(30);
const range = z.object({
  min: threshold.optional().describe("Lowest allowed, in the channel's unit, decimal text."),
  max: threshold.optional().describe("Highest allowed, in the channel's unit, decimal text."),
});
/** What a test's two thresholds mean, and where it is suspect and fails. */
const thresholds = (meaning: string) => ({
  suspect: threshold.optional().describe(`${meaning}, decimal text; from here on it is suspect.`),
  fail: threshold.optional().describe(`${meaning}, decimal text; from here on it fails.`),
});
const inARow = z.int().min(2).optional();

export const qualityRules = z
  .object({
    grossRange: z
      .object({
        fail: range.optional().describe('Outside of it a value fails.'),
        suspect: range.optional().describe('Outside of it a value is suspect.'),
      })
      .optional()
      .describe('Which values can be.'),
    spike: z
      .object(thresholds("Distance in the channel's unit"))
      .optional()
      .describe('How far a reading stands out from both its neighbours to the same side, over the nearer one.'),
    rateOfChange: z
      .object(thresholds("Change a minute in the channel's unit"))
      .optional()
      .describe('Change since the reading before, per minute.'),
    flatLine: z
      .object({
        tolerance: threshold.describe(
          "How far values may differ and be the same, in the channel's unit, decimal text.",
        ),
        suspectAfter: inARow.describe('From so many in a row on it is suspect.'),
        failAfter: inARow.describe('From so many in a row on it fails.'),
      })
      .optional()
      .describe('Readings in a row within the tolerance.'),
  })
  .describe("Thresholds of the automatic tests, in the channel's unit; a test without threshold is not evaluated.");

export const channelSettings = z
  .object({
    from: instant.nullable().describe('From when on they hold, UTC; null: since ever.'),
    names: z
      .array(z.string().min(1).max(64))
      .min(1)
      .describe('The names by which files know the channel, compared in NFC without case.'),
    unit: z.string().max(32).describe('The unit in which values are kept and compared with limits: `mg/L`.'),
    unitSent: z.string().max(32).optional().describe('The unit that is assumed where a file names none.'),
    unitSpellings: z
      .array(
        z.object({
          spelling: z.string().max(32).describe('What the logger writes.'),
          unit: z.string().max(32).describe('The unit that it means.'),
        }),
      )
      .optional()
      .describe('What the logger writes for a unit, compared in NFC without case; before any other meaning of it.'),
    basisSent: z.string().max(16).optional().describe('What the number that is sent counts: `N`, `NH4`, `NO2`.'),
    basis: z.string().max(16).optional().describe('What the number that is kept counts: `N`, `NH4`, `NO2`.'),
    stamp: z.enum(['end', 'start']).describe('Whether a stamp ends or opens its interval.'),
    statistic: z.enum(['mean', 'instant', 'sum']).describe('What a reading is of its interval.'),
    intervalMs: z.int().min(1000).describe('A reading every so many ms.'),
    deliveryMs: z
      .int()
      .min(1000)
      .describe('How often the logger sends what it has, ms; a burst of twelve files an hour: 3600000.'),
    analyserCycleMs: z
      .int()
      .min(1000)
      .optional()
      .describe('An analyser that measures every so many ms, less often than it reports, repeats values honestly.'),
    instrument: id.optional().describe('The instrument that measures, by its id.'),
    quality: qualityRules.optional(),
  })
  .describe("How a channel is sent and read from an instant on; the newest at or before a reading's time holds.");
export type ChannelSettings = z.infer<typeof channelSettings>;

export const channel = z.object({
  channel: id.describe('Its id; unique and permanent within the station.'),
  parameter: parameter.min(1).max(32),
  point: z.string().max(32).optional().describe('Where it is measured: `inlet`, `outlet`.'),
  settings: z.array(channelSettings).min(1).describe('How it is sent and read, ascending by date.'),
});
export type Channel = z.infer<typeof channel>;

export const instrument = z.object({
  instrument: id.describe('Its id.'),
  channel: id.describe('The channel that it measures, by its id.'),
  from: instant.nullable().describe('Since when it measures, UTC; null: since ever.'),
  to: instant.nullable().describe('Until when it measured, UTC; null: it still does.'),
  brand: z.string().max(100).optional().describe('Who made it.'),
  model: z.string().max(100).optional().describe('Its model.'),
  serial: z.string().max(100).optional().describe('Its serial number.'),
});

export const declaredPeriod = z.object({
  period: id.describe('Its id.'),
  kind: z.enum(['maintenance', 'calibration', 'no-discharge', 'power-cut', 'stop']).describe('What was declared.'),
  from: instant.describe('Its begin, UTC.'),
  to: instant.describe('Its end, UTC.'),
  channels: z.array(id).optional().describe('The channels that it covers, by their ids; absent: the whole station.'),
  by: id.describe('Account id of who declared it, no name.'),
  accepted: z.boolean().describe('Whether the department has accepted it.'),
  expected: z.boolean().describe('Whether its readings count as expected.'),
  reason: z.string().max(1000).describe('Why, for people.'),
});
export type DeclaredPeriod = z.infer<typeof declaredPeriod>;

/** How wrong the clock of a station's logger is from an instant of arrival on; the newest at or before a file's arrival holds. */
export const clockCorrection = z.object({
  from: instant.nullable().describe('For files that arrive from then on, UTC; null: since ever.'),
  offsetMs: z.int().describe('Added to the stamps of its files, ms; 0: the clock is right again.'),
});
export type ClockCorrection = z.infer<typeof clockCorrection>;

/** Topic `stations`. No credentials. */
export const stationRecorded = z
  .object({
    station: id.describe('Its id: opaque and permanent.'),
    version,
    knownAt,
    cause: z.string().describe('Why this version exists: `<kind>:<id>`.'),
    kind: stationKind,
    name: z.string().min(1).max(200).describe('What people call it.'),
    lifecycle,
    lifecycles: z
      .array(z.object({ from: instant.nullable().describe('Since when, UTC; null: since ever.'), lifecycle }))
      .optional()
      .describe('Every stage that it has been in, ascending by date. The last is `lifecycle`.'),
    facility: id.optional().describe('The facility that it belongs to, by its id.'),
    node: id.describe('The node that receives it, by its id.'),
    provinces: z
      .array(
        z.object({
          province: z.string().describe('Official code of the province.'),
          from: day.nullable().describe('Since which day, Vietnamese date; null: since ever.'),
        }),
      )
      .describe('Where it stands. Codes were reused on 2025-07-01: a code without its date names no province.'),
    aliases: z
      .array(
        z.object({
          system: z.string().describe('Whose code it is: of the department, the ministry, the old server.'),
          code: z.string().describe('The code there.'),
          from: instant.nullable().describe('Since when, UTC; null: since ever.'),
          to: instant.nullable().describe('Until when, UTC; null: it still holds.'),
        }),
      )
      .describe('What other systems call it, dated.'),
    prefixes: z.array(z.string().min(1).max(200)).describe('What the names of its files begin with.'),
    folder: z
      .object({
        code: z.string().min(1).max(100).describe('Its folder.'),
        layout: z.int().min(1).max(10).describe('How folders are laid out there, by number.'),
      })
      .optional()
      .describe('The folder by which its files are recognised.'),
    accounts: z.array(id).describe('The accounts that upload for it, by their ids.'),
    position: z
      .object({
        latitude: decimal.describe('Degrees north, decimal text.'),
        longitude: decimal.describe('Degrees east, decimal text.'),
      })
      .optional()
      .describe('Where it stands.'),
    channels: z.array(channel).describe('What it measures.'),
    instruments: z.array(instrument).describe('What measures, earlier ones too.'),
    declaredPeriods: z.array(declaredPeriod).describe('Maintenance, calibration and other periods that were declared.'),
    clockCorrections: z
      .array(clockCorrection)
      .optional()
      .describe('How wrong its clock was, ascending by date; absent: it was always right.'),
    approval: z
      .object({
        state: z.enum(['none', 'waiting', 'approved', 'rejected']).describe('How the request stands.'),
        reason: z.string().optional().describe("The ministry's reason."),
      })
      .describe('Approval by the ministry.'),
  })
  .describe('The whole state of one station: its channels with their dated settings, instruments, periods and codes.');
export type StationRecorded = z.infer<typeof stationRecorded>;

/** The settings in force at an instant (ISO text); the first ones hold before their date too. */
export function settingsAt(channel: Channel, at: string): ChannelSettings {
  let found = channel.settings[0]!;
  for (const settings of channel.settings) if (settings.from === null || settings.from <= at) found = settings;
  return found;
}
