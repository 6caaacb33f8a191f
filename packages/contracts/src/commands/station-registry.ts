import { z } from 'zod';
import { chosenId, line, realDay } from '../registers.ts';
import { channel, channelSettings, declaredPeriod, lifecycle, stationKind } from '../stations.ts';
import { decimal, id, realInstant } from '../values.ts';

/** The name that an account logs in with; compared without case. */
const account = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, 'use a-z, 0-9, dot, underscore, hyphen and @, at most 64');

/** What a logger can be told; only its hash is kept. */
const password = z.string().min(8).max(128);

/** A logger may have woken in 1970. */
const MOST_OFFSET_MS = 100 * 366 * 86_400_000;

const reason = line(1000);
const station = { station: id };

/** Which instrument measured when is said by `InstallInstrument`. */
const settings = channelSettings.omit({ instrument: true }).extend({
  from: realInstant.nullable(),
  names: z.array(line(64)).min(1).max(20),
  unitSpellings: z
    .array(z.object({ spelling: line(32), unit: line(32) }))
    .max(20)
    .optional(),
  basis: line(16).optional(),
  basisSent: line(16).optional(),
});

/** How the station's files begin: the part before the last `_` and the time. */
const prefix = line(200).regex(/^[^/\\]+$/, 'a prefix is part of a file name: leave / and \\ out');

/** The folder that its files come in and how folders lie below it (REGULATION 1.3, layouts 1 to 10). */
const folder = z.object({
  code: line(100).regex(/^(?!\.\.?$)[^/\\]+$/, 'a folder code names one folder'),
  layout: z.int().min(1).max(10),
});

/** What another system calls the station, from inclusive, to exclusive. */
const alias = z.object({
  system: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use a-z, 0-9 and hyphen'),
  code: line(100),
  from: realInstant.nullable().default(null),
  to: realInstant.nullable().default(null),
});

const province = z.object({ province: z.string().regex(/^\d{2}$/), from: realDay.nullable() });
const position = z.object({ latitude: decimal, longitude: decimal });

/** Commands of the station registry. Those on a station answer `{ station, version }`. */
export const stationRegistryCommands = {
  /** Without `station` an id is made, the same one for the same command id. It may stand in any stage of its life. */
  RegisterStation: z.object({
    station: chosenId.optional(),
    kind: stationKind,
    name: line(200),
    /** Undefined: the node that is asked. */
    node: chosenId.optional(),
    lifecycle: lifecycle.default('planned'),
    facility: chosenId.optional(),
    position: position.optional(),
    provinces: z.array(province).max(20).default([]),
    prefixes: z.array(prefix).max(50).default([]),
    folder: folder.optional(),
    aliases: z.array(alias).max(50).default([]),
  }),
  /** What is left out stays as it is. */
  ChangeStationDetails: z.object({
    ...station,
    name: line(200).optional(),
    facility: chosenId.optional(),
    position: position.optional(),
  }),
  /** The province from a day on; another one from the same day is replaced. */
  /**
   * By how much the stamps in files that arrive from then on are wrong: `offsetMs` is added to each, unless that would lead into the future.
   * The same `from` again replaces it; 0 ends it. What waited because of its time is taken in by itself.
   */
  CorrectClock: z.object({
    ...station,
    from: realInstant.nullable(),
    offsetMs: z.int().min(-MOST_OFFSET_MS).max(MOST_OFFSET_MS),
    reason,
  }),
  AssignProvince: z.object({ ...station, ...province.shape }),
  /** `from`: when it happened, not when it was told; undefined: now. */
  ChangeLifecycle: z.object({ ...station, to: lifecycle, from: realInstant.optional(), reason }),

  /** Asks the ministry. */
  RequestApproval: z.object(station),
  /** The ministry's answer, as a directive brought it. */
  RecordApproval: z.object({ ...station, state: z.enum(['approved', 'rejected']), reason: z.string(), directive: id }),

  AddChannel: z.object({
    ...station,
    channel: chosenId,
    parameter: channel.shape.parameter,
    point: line(32).optional(),
    settings,
  }),
  /** Settings from a date on; those from the same date are replaced. */
  ChangeChannelSettings: z.object({ ...station, channel: id, settings }),
  /** Those from this date were never right: the ones before hold on. */
  WithdrawChannelSettings: z.object({ ...station, channel: id, from: realInstant.nullable(), reason }),

  /** The same id again corrects what was said of it. */
  InstallInstrument: z.object({
    ...station,
    instrument: chosenId,
    channel: id,
    from: realInstant.nullable(),
    brand: line(100).optional(),
    model: line(100).optional(),
    serial: line(100).optional(),
  }),
  RemoveInstrument: z.object({ ...station, instrument: id, to: realInstant }),

  /** Without `period` an id is made. It counts once it is accepted. Answers `{ station, period }`. */
  DeclarePeriod: z.object({
    ...station,
    ...declaredPeriod.omit({ by: true, accepted: true }).shape,
    period: chosenId.optional(),
    from: realInstant,
    to: realInstant,
    reason,
  }),
  AcceptPeriod: z.object({ ...station, period: id }),
  RejectPeriod: z.object({ ...station, period: id, reason }),
  WithdrawPeriod: z.object({ ...station, period: id, reason }),

  /** A prefix, a folder and, at one time, an alias belong to one station of the node. */
  AddPrefix: z.object({ ...station, prefix }),
  RemovePrefix: z.object({ ...station, prefix }),
  SetFolder: z.object({ ...station, folder }),
  RemoveFolder: z.object(station),
  AddAlias: z.object({ ...station, ...alias.shape }),
  EndAlias: z.object({ ...station, system: alias.shape.system, code: alias.shape.code, to: realInstant }),

  /** The account may upload for the station from now on. */
  LinkAccount: z.object({ ...station, account }),
  UnlinkAccount: z.object({ ...station, account }),

  /** Answers `{ account }`; so do the next four. */
  RegisterUploadAccount: z.object({
    account,
    name: line(200),
    password,
    /** FTP without TLS sends the password readable. */
    plainFtp: z.boolean().default(false),
  }),
  RenameUploadAccount: z.object({ account, name: line(200) }),
  /** The password before stays valid until the given time; undefined: it ends now. */
  SetUploadPassword: z.object({ account, password, oldValidUntil: realInstant.optional() }),
  AllowPlainFtp: z.object({ account, allowed: z.boolean() }),
  RevokeUploadAccount: z.object({ account, reason }),

  /**
   * Answers `CredentialsChecked`; writes nothing. A command, since whether a password is still valid depends on when it is asked.
   * Any text is an account here: what nobody registered is refused like a wrong password.
   */
  CheckCredentials: z.object({
    account: z.string(),
    password: z.string(),
    way: z.enum(['ftp', 'http']),
    /** The connection is encrypted. */
    secure: z.boolean(),
  }),

  /** Answers `StationsImported`. A dry run writes nothing and answers the same. */
  ImportStations: z.object({ csv: z.string().max(20_000_000), dryRun: z.boolean().default(false) }),
};

export const credentialsChecked = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), account: id, stations: z.array(id) }),
  /** `plain-ftp`: right, but the account demands an encrypted connection. */
  z.object({ ok: z.literal(false), refused: z.enum(['credentials', 'plain-ftp']) }),
]);
export type CredentialsChecked = z.infer<typeof credentialsChecked>;

/** A station with a fault is not touched; the others are imported. */
export const stationsImported = z.object({
  faults: z.array(z.object({ line: z.int().min(1), column: z.string(), message: z.string() })),
  registered: z.array(id),
  changed: z.array(id),
  unchanged: z.array(id),
});
export type StationsImported = z.infer<typeof stationsImported>;
