// Writes AsyncAPI with its schemas, and the catalogue in the docs, from the compiled contracts; run by generate.mjs on the project's Node.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { asyncApi, schemaFiles } from '../packages/contracts/dist/asyncapi.js';
import { withCatalogue } from '../packages/contracts/dist/catalogue.js';

const [, , asyncApiFile, schemaFolder, page] = process.argv;
const write = (file, content) => writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);

rmSync(schemaFolder, { recursive: true, force: true });
mkdirSync(schemaFolder, { recursive: true });
for (const [name, schema] of Object.entries(schemaFiles())) write(`${schemaFolder}/${name}`, schema);
write(asyncApiFile, asyncApi());
writeFileSync(page, withCatalogue(readFileSync(page, 'utf8')));
