/** Outcome of one quality-control test, and of all tests of a reading (QARTOD primary level flags, IOC 54:V3). */
export const flags = { pass: 1, notEvaluated: 2, suspect: 3, fail: 4, missing: 9 } as const;

export type Flag = (typeof flags)[keyof typeof flags];

const weakestFirst: readonly Flag[] = [flags.missing, flags.notEvaluated, flags.pass, flags.suspect, flags.fail];

/**
 * Fail > suspect > pass > not evaluated. A reading without a value has only `missing` flags and rolls up to it;
 * a reading that no test looked at is not evaluated.
 */
export const rollUp = (testFlags: readonly Flag[]): Flag => {
  let strongest = -1;
  for (const flag of testFlags) strongest = Math.max(strongest, weakestFirst.indexOf(flag));
  return weakestFirst[strongest] ?? flags.notEvaluated;
};
