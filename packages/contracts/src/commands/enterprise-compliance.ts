import { z } from 'zod';
import { dailyMethod } from '../compliance.ts';
import { chosenId, facilityKind, line, permitRule, realDay, taxCode } from '../registers.ts';
import { id } from '../values.ts';

const rules = z.array(permitRule).min(1).max(500);
const reason = line(1000);

/** Commands of enterprise-compliance. Each answers `{ version }`, the one that its register entry has now. */
export const enterpriseComplianceCommands = {
  RegisterEnterprise: z.object({ enterprise: taxCode, name: line(200) }),

  /** A facility of a registered enterprise, owned by it since it began to operate. */
  RegisterFacility: z.object({
    facility: chosenId,
    name: line(200),
    kind: facilityKind,
    owner: taxCode,
    /** The day since which it has operated or held a permit: whether it may keep an old standard. */
    operatingSince: realDay,
    /** Its stations, each since it began to operate unless a day is given. */
    stations: z
      .array(z.object({ station: id, from: realDay.optional() }))
      .max(200)
      .refine((all) => new Set(all.map(({ station }) => station)).size === all.length, 'name each station once')
      .default([]),
  }),
  /** Another enterprise owns it from a day on. */
  TransferFacility: z.object({ facility: id, to: taxCode, from: realDay }),
  /** A station belongs to one facility at a time; what its permits demand holds on the days on which it does. */
  AttachStation: z.object({ facility: id, station: id, from: realDay }),
  /** `to`: the last day on which the station belongs to it. */
  DetachStation: z.object({ facility: id, station: id, to: realDay }),

  /** `to`: its last day; null: until it is revoked or another permit takes its place. */
  GrantPermit: z.object({
    permit: chosenId,
    facility: id,
    number: line(100),
    from: realDay,
    to: realDay.nullable().default(null),
    rules,
  }),
  /** The rules as a whole, and the last day where it is given, take the place of those before. */
  AmendPermit: z.object({ permit: id, rules, to: realDay.nullable().optional(), reason }),
  /** `from`: the first day on which it does not hold any more. */
  RevokePermit: z.object({ permit: id, from: realDay, reason }),

  /** A station without permit is held to a standard of ambient air; from the same day again, it takes the place of the one before. */
  AssignStandard: z.object({
    station: id,
    /** `QCVN 05:2023/BTNMT` */
    standard: line(64),
    from: realDay,
    to: realDay.nullable().default(null),
    earlyWarning: permitRule.shape.earlyWarning,
    method: dailyMethod.default('mean-of-readings'),
  }),
};
