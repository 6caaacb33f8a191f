import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** A file beside the poms. */
export const serverFile = (path: string): string => join(root, 'packages/conformance/servers', path);

/**
 * The class path of what `servers/<name>/pom.xml` names, fetched by Maven once and kept under `node_modules` until the pom changes.
 * Throws with what Maven said, or that there is none.
 */
export async function jarsOf(name: string): Promise<string> {
  const pom = serverFile(`${name}/pom.xml`);
  const digest = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(root, 'node_modules/.cache/quantrac', `${name}-${digest}`);
  if (!existsSync(folder)) await fetchTo(folder, pom);
  return join(folder, '*');
}

/** Into a folder of its own first: two processes may fetch at once. */
async function fetchTo(folder: string, pom: string): Promise<void> {
  const fetched = `${folder}.${randomUUID()}`;
  mkdirSync(fetched, { recursive: true });
  const goal = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`];
  await promisify(execFile)('mvn', goal).catch((error) => {
    rmSync(fetched, { recursive: true, force: true });
    if (error.code === 'ENOENT') throw new Error('Maven (mvn) is not installed: install it, or a Docker engine');
    throw new Error(`Maven could not fetch what ${pom} names:\n${error.stdout}${error.stderr}`);
  });
  try {
    renameSync(fetched, folder);
  } catch {
    rmSync(fetched, { recursive: true, force: true });
  }
}
