import type { TestFlags } from '@quantrac/contracts';
import { type Flag, flags, rollUp as strongest } from '@quantrac/regulations';

/** Fail > suspect > pass > not evaluated; missing only without a value (DESIGN 7.2). */
export const rollUp = ({ deviceStatus, time, grossRange, spike, rateOfChange, flatLine }: TestFlags): Flag =>
  strongest([deviceStatus, time, grossRange, spike, rateOfChange, flatLine]);

/** Nothing can be tested where no value is. */
export const allMissing: TestFlags = {
  deviceStatus: flags.missing,
  time: flags.missing,
  grossRange: flags.missing,
  spike: flags.missing,
  rateOfChange: flags.missing,
  flatLine: flags.missing,
};
