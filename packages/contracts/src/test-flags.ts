import { type Flag, flags } from '@quantrac/regulations';
import { z } from 'zod';

/** The automatic tests of a reading in the order of their digits. A new test is appended: no digit ever moves. */
export const testNames = ['deviceStatus', 'time', 'grossRange', 'spike', 'rateOfChange', 'flatLine'] as const;
export type TestName = (typeof testNames)[number];

/** Each test's outcome, one digit a test (QARTOD's `qc_tests`). More than six: of a later version, which appended tests. */
export const testFlags = z
  .string()
  .regex(/^[12349]{6,}$/)
  .describe(
    `QARTOD's qc_tests, one digit a test: ${testNames.join(', ')}; later tests are appended. Pass 1, not evaluated 2, suspect 3, fail 4, missing 9.`,
  );
export type TestFlags = z.infer<typeof testFlags>;

/** One test's outcome; one that is younger than the record was not evaluated. */
export const testFlag = (tests: TestFlags, name: TestName): Flag =>
  Number(tests[testNames.indexOf(name)] ?? flags.notEvaluated) as Flag;
