import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes with this process; short, since sockets lie in it. */
export function temporaryFolder(prefix = 'qt'): string {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
