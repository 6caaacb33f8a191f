// Compiled test files whose source still stands.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folders = (root) => [
  ...['packages', 'services'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(kind, name))),
  'test',
  'bench',
];

/** Named one by one: a pattern would be looked for in every node_modules. */
export const compiledFolders = (root) =>
  folders(root)
    .map((folder) => join(folder, 'dist'))
    .filter((dist) => existsSync(join(root, dist)));

/** Cheap ones first, so that a broken rule is told before a broken river. */
export function testFiles(root, { only } = {}) {
  const files = folders(root).flatMap((folder) => {
    const dist = join(root, folder, 'dist');
    if (!existsSync(dist)) return [];
    return readdirSync(dist, { recursive: true })
      .filter(
        (file) => file.endsWith('.test.js') && existsSync(join(root, folder, 'src', file.replace(/\.js$/, '.ts'))),
      )
      .map((file) => join(folder, 'dist', file));
  });
  const cost = (file) => (file.includes('.e2e.') ? 2 : /\.(integration|kafka|mongo)\./.test(file) ? 1 : 0);
  return files
    .filter((file) => only === undefined || cost(file) === only)
    .sort((a, b) => cost(a) - cost(b) || (a < b ? -1 : 1));
}
