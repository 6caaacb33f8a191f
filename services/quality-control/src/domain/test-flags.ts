import { type TestFlags, type TestName, testNames } from '@quantrac/contracts';
import type { Flag } from '@quantrac/regulations';

/** Nothing can be tested where no value is. */
export const allMissing: TestFlags = '999999';

/** In the order of `testNames`; by way of a number, of which the engine remembers the text: most readings share a few. */
export const testFlagsOf = (
  deviceStatus: Flag,
  time: Flag,
  grossRange: Flag,
  spike: Flag,
  rateOfChange: Flag,
  flatLine: Flag,
): TestFlags =>
  String(((((deviceStatus * 10 + time) * 10 + grossRange) * 10 + spike) * 10 + rateOfChange) * 10 + flatLine);

export function withTestFlag(tests: TestFlags, name: TestName, flag: Flag): TestFlags {
  const at = testNames.indexOf(name);
  return `${tests.slice(0, at)}${flag}${tests.slice(at + 1)}`;
}
