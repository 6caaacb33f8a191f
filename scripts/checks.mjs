// What the code must look like before anybody runs it. Each check is a sentence and a command.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { generate, generatedPaths } from './generate.mjs';
import { root, run } from './prepare.mjs';
import { compiledFolders } from './test-files.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);

export const checks = {
  'code is formatted and lints clean': () => run(bin('biome'), ['check', '--error-on-warnings', '.']),
  'services, domains and adapters import only what they may': () =>
    run(bin('depcruise'), ['--config', '.dependency-cruiser.mjs', ...compiledFolders(root)]),
  'gRPC contracts lint clean': () => run(bin('buf'), ['lint']),
  'gRPC contracts break nothing that was published': () =>
    run(bin('buf'), ['breaking', '--against', 'published/grpc.binpb']),
  'generated code, AsyncAPI, schemas and catalogue are what the contracts generate': generatedIsClean,
};

function generatedIsClean() {
  const before = contents(generatedPaths);
  if (!generate()) return false;
  const after = contents(generatedPaths);
  const differs = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  );
  if (differs.length > 0)
    process.stderr.write(`what was generated differed and is written anew, commit it: ${differs.join(', ')}\n`);
  return differs.length === 0;
}

const contents = (paths) =>
  new Map(paths.flatMap(filesOf).map((file) => [relative(root, file), readFileSync(file, 'utf8')]));

const filesOf = (path) =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));

export function failedChecks() {
  return Object.entries(checks).filter(([sentence, check]) => {
    const passed = check();
    process.stdout.write(`${passed ? 'ok' : 'FAILED'}  ${sentence}\n`);
    return !passed;
  });
}

/** Runs test files with Node's own runner; answers its exit code. */
export function runTests(files, { node, environment, extra = [] }) {
  const reporter = join(root, 'scripts', 'test-reporter.mjs');
  const args = [
    '--enable-source-maps',
    '--test',
    '--test-concurrency=2',
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    ...extra,
    ...files,
  ];
  return spawnSync(node, args, { cwd: root, env: environment, stdio: 'inherit' }).status ?? 1;
}
