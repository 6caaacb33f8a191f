// Writes what is made from the contracts: gRPC code, AsyncAPI with its schemas, the catalogue in the docs.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node, root, run } from './prepare.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const documents = ['published/asyncapi.json', 'published/schemas', 'docs/integrators.md'];

/** Folders and files that are made here, one of them in part. */
export const generatedPaths = ['packages/contracts/src/generated', ...documents].map((path) => join(root, path));

/** True: done. The topics' documents are made from what the compiler has made of the contracts. */
export const generate = () =>
  run(bin('buf'), ['generate']) &&
  run(bin('tsc'), ['-b', 'packages/contracts']) &&
  run(node, ['scripts/write-documents.mjs', ...documents]) &&
  run(bin('biome'), ['format', '--write', 'published']);

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exit(generate() ? 0 : 1);
