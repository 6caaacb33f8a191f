// `pnpm verify`: what is quick to know: format, lint, types, architecture, generated code, unit tests.
import { checks, failedChecks, runTests } from './checks.mjs';
import { environment, node, prepare, root } from './prepare.mjs';
import { testFiles } from './test-files.mjs';

prepare();
const failed = failedChecks();
const counts = {
  QUANTRAC_CHECKS_PASSED: String(Object.keys(checks).length - failed.length),
  QUANTRAC_CHECKS_FAILED: String(failed.length),
};
const status = runTests(testFiles(root, { only: 0 }), { node, environment: { ...environment, ...counts } });
process.exit(failed.length > 0 ? 1 : status);
