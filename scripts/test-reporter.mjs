// Shows failures whole, diagnostics in a line, and closes with the line that CI reads.
import { relative } from 'node:path';

const checked = Number(process.env.QUANTRAC_CHECKS_PASSED ?? 0);
const checksFailed = Number(process.env.QUANTRAC_CHECKS_FAILED ?? 0);

export default async function* reporter(source) {
  let passed = checked;
  let failed = checksFailed;
  let skipped = 0;
  const slow = [];
  for await (const { type, data } of source) {
    if (
      type === 'test:diagnostic' &&
      data.file &&
      !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)
    )
      yield `      ${data.message}\n`;
    if (type === 'test:stderr') yield data.message;
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
    const where = data.file ? relative(process.cwd(), data.file) : '';
    if (data.skip !== undefined) skipped++;
    else if (type === 'test:pass') passed++;
    else {
      failed++;
      const error = data.details?.error;
      yield `FAILED  ${where}: ${data.name}\n${String(error?.cause?.stack ?? error?.stack ?? error)}\n\n`;
    }
    const ms = data.details?.duration_ms ?? 0;
    if (ms > 5000) slow.push(`${(ms / 1000).toFixed(1)} s  ${where}: ${data.name}`);
  }
  if (slow.length > 0) yield `\nslowest:\n${slow.join('\n')}\n`;
  if (process.env.QUANTRAC_TEST_SERVERS) yield `\n${process.env.QUANTRAC_TEST_SERVERS}\n`;
  yield `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
}
