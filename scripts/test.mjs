// `npm test`: all checks and all tests, or those whose path contains one of the given words.
import { checks, failedChecks, runTests } from './checks.mjs';
import { environment, node, prepare, root } from './prepare.mjs';
import { testFiles } from './test-files.mjs';

prepare();
const words = process.argv.slice(2);
const failed = words.length > 0 ? [] : failedChecks();
const passed = words.length > 0 ? 0 : Object.keys(checks).length - failed.length;
const files = testFiles(root).filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (files.length === 0) {
  process.stderr.write(`no test file has ${words.join(' or ')} in its path\n`);
  process.exit(1);
}
const status = runTests(files, {
  node,
  environment: {
    ...environment,
    QUANTRAC_CHECKS_PASSED: String(passed),
    QUANTRAC_CHECKS_FAILED: String(failed.length),
  },
});
process.exit(failed.length > 0 ? 1 : status);
