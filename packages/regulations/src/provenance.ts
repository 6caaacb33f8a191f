import type { Day } from './vietnam-time.ts';

/** V: read in the law; C: read in working software or vendor text; G: general knowledge; U: unknown or conflicting. */
export type Mark = 'V' | 'C' | 'G' | 'U';

/** Where a rule comes from, dated twice: the days on which it holds, and when it was recorded (DESIGN 1, rule 4). */
export interface Provenance {
  readonly source: string;
  readonly mark: Mark;
  /** First day on which the rule holds. */
  readonly validFrom?: Day;
  /** Last day on which the rule holds. */
  readonly validTo?: Day;
  readonly recordedOn: Day;
  /** The day on which a correction replaced this row: rows are added, never changed. */
  readonly replacedOn?: Day;
  readonly note?: string;
}

export interface Sourced {
  readonly provenance: Provenance;
}

/** Nobody has read it in a text: every verdict that uses it says so. */
export const unconfirmed = ({ mark }: Provenance): boolean => mark === 'G' || mark === 'U';

/** The rows that hold on `day`, as recorded by the end of `knownOn`; without it, as known now. */
export const inForce = <Row extends Sourced>(rows: readonly Row[], day: Day, knownOn?: Day): readonly Row[] =>
  rows.filter(({ provenance }) => holdsOn(provenance, day) && wasKnownOn(provenance, knownOn));

export const holdsOn = ({ validFrom, validTo }: Provenance, day: Day): boolean =>
  (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo);

const wasKnownOn = ({ recordedOn, replacedOn }: Provenance, knownOn: Day | undefined): boolean =>
  knownOn === undefined
    ? replacedOn === undefined
    : recordedOn <= knownOn && (replacedOn === undefined || knownOn < replacedOn);

const weakestFirst: readonly Mark[] = ['U', 'G', 'C', 'V'];

/** The provenance of what follows from several rules: as weak as the weakest, holding while all of them hold. */
export const together = (provenances: readonly [Provenance, ...Provenance[]]): Provenance => {
  const [first] = provenances;
  const days = (field: 'validFrom' | 'validTo' | 'recordedOn' | 'replacedOn') =>
    provenances.flatMap((provenance) => provenance[field] ?? []).sort();
  const [validFrom, validTo, replacedOn] = [days('validFrom').at(-1), days('validTo')[0], days('replacedOn')[0]];
  const note = joined(provenances.map((provenance) => provenance.note));
  return {
    source: joined(provenances.map(({ source }) => source)),
    mark: weakestFirst.find((mark) => provenances.some((provenance) => provenance.mark === mark)) ?? first.mark,
    ...(validFrom && { validFrom }),
    ...(validTo && { validTo }),
    recordedOn: days('recordedOn').at(-1) ?? first.recordedOn,
    ...(replacedOn && { replacedOn }),
    ...(note && { note }),
  };
};

const joined = (texts: readonly (string | undefined)[]): string =>
  [...new Set(texts.filter((text) => text !== undefined))].join('; ');
