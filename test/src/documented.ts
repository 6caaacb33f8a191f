import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const page = readFileSync(new URL('../../docs/integrators.md', import.meta.url), 'utf8');

/** The named block of docs/integrators.md, as whoever follows the page copies it. */
export function documented(name: string): string {
  const found = [...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].find(([, named]) => named === name);
  if (!found) throw new Error(`docs/integrators.md has no block that is named ${name}`);
  return found[2]!;
}

export interface Place {
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a shell prints that runs this; throws with all that it said when it fails. */
export async function printed(script: string, { folder, variables }: Place): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...variables }, timeout: 120_000, maxBuffer: 1 << 26 };
  return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], options)).stdout;
}
