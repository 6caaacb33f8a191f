/** Outcome of one quality-control test, and of all tests of a reading (QARTOD primary level flags, IOC 54:V3). */
export const flags = { pass: 1, notEvaluated: 2, suspect: 3, fail: 4, missing: 9 } as const;

export type Flag = (typeof flags)[keyof typeof flags];

const strength: Readonly<Record<Flag, number>> = { 9: 0, 2: 1, 1: 2, 3: 3, 4: 4 };
const zeroDigit = '0'.charCodeAt(0);

/**
 * What the outcomes of tests, a digit each, say together: fail > suspect > pass > not evaluated. A reading without a value has only
 * `missing` flags and rolls up to it; a reading that no test looked at is not evaluated.
 */
export const rollUp = (testFlags: string): Flag => {
  let strongest: Flag = testFlags === '' ? flags.notEvaluated : flags.missing;
  for (let at = 0; at < testFlags.length; at++) {
    const flag = (testFlags.charCodeAt(at) - zeroDigit) as Flag;
    if (strength[flag] > strength[strongest]) strongest = flag;
  }
  return strongest;
};
