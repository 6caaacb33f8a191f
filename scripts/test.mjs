// `npm test`: all checks and all tests, or those whose path contains one of the given words; `--embedded`: those that need no server.
import { checks, failedChecks, runTests } from './checks.mjs';
import { environment, node, prepare, root } from './prepare.mjs';
import { asTested, neededBy, openServers } from './servers.mjs';
import { testFiles } from './test-files.mjs';

prepare();
const embedded = process.argv.includes('--embedded');
const words = process.argv.slice(2).filter((word) => word !== '--embedded');
const failed = words.length > 0 ? [] : failedChecks();
const passed = words.length > 0 ? 0 : Object.keys(checks).length - failed.length;
const files = testFiles(root)
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .filter((file) => !embedded || neededBy([file]).length === 0);
if (files.length === 0) {
  process.stderr.write(`no test file has ${words.join(' or ')} in its path\n`);
  process.exit(1);
}
const servers = await openServers(neededBy(files)).catch(({ message }) => {
  process.stderr.write(`tests need a server that cannot be had:\n${message}\nwithout servers: npm run test:embedded\n`);
  // the suites that need it then fail and say so
  return { environment: {}, described: [], close: async () => {} };
});
const status = runTests(files, {
  node,
  environment: {
    ...asTested(environment, servers.environment),
    QUANTRAC_CHECKS_PASSED: String(passed),
    QUANTRAC_CHECKS_FAILED: String(failed.length),
    QUANTRAC_TEST_SERVERS: servers.described.join('\n'),
  },
});
await servers.close();
process.exit(failed.length > 0 ? 1 : status);
