import { inForce, type Provenance } from './provenance.ts';
import {
  type FormerProvinceRow,
  formerProvinceProvenance,
  type ProvinceRow,
  provinceProvenance,
  provinces34,
  provinces63,
} from './province-table.ts';
import type { Day } from './vietnam-time.ts';

/** A province while its provenance's dates hold: the same code on another day may name another. */
export type Province = ProvinceRow & { readonly provenance: Provenance };
export type FormerProvince = FormerProvinceRow & { readonly provenance: Provenance };

/** The provinces since 2025-07-01. */
export const currentProvinces: readonly Province[] = provinces34.map((row) => ({
  ...row,
  provenance: provinceProvenance,
}));

/** The provinces until 2025-06-30. */
export const formerProvinces: readonly FormerProvince[] = provinces63.map((row) => ({
  ...row,
  provenance: formerProvinceProvenance,
}));

/** `undefined` for a code that no province had on that day, and for days before 2008-08-01. */
export const provinceByCode = (code: string, day: Day): Province | undefined =>
  inForce([...currentProvinces, ...formerProvinces], day).find((province) => province.code === code);

export const successorOf = ({ successor }: FormerProvince): Province =>
  currentProvinces.find(({ code }) => code === successor)!;

/** The former provinces that became or went into it. */
export const predecessorsOf = ({ code }: Province): readonly FormerProvince[] =>
  formerProvinces.filter(({ successor }) => successor === code);

export interface PrefixMeaning {
  /** Whose prefix it is: files keep it after the merger. */
  readonly former: FormerProvince;
  /** The province on the day that was asked about. */
  readonly province: Province;
}

/**
 * The provinces that a file's first part may name: those that write it so first, then those whose Đ and accents were
 * dropped. "BD" is Bình Dương, or Bình Định written without its Đ; "BĐ" is Bình Định alone.
 */
export const provincesOfPrefix = (prefix: string, day: Day): readonly PrefixMeaning[] => {
  const written = comparable(prefix);
  const exact = formerProvinces.filter((former) => comparable(former.prefix) === written);
  const stripped = formerProvinces.filter(
    (former) => comparable(former.prefix) !== written && withoutMarks(former.prefix) === written,
  );
  return [...exact, ...stripped].flatMap((former) => {
    const province = inForce([former, successorOf(former)], day)[0];
    return province === undefined ? [] : [{ former, province }];
  });
};

const comparable = (prefix: string): string => prefix.normalize('NFC').toLowerCase();

const withoutMarks = (prefix: string): string =>
  comparable(prefix).normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
