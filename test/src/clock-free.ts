import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where time and chance come in as arguments (DESIGN 7.3: only ingestion and command handlers read a clock). */
const pure =
  /^(services\/[^/]+\/src\/(domain|processors|read-models)|packages\/(event-sourcing|regulations|journal|contracts)\/src)\//;
/** Where a program begins, and where a node is started in a process of its own. */
const mayReadEnvironment =
  /^(services\/[^/]+\/src\/(main|config)\.ts|packages\/service\/src\/main\.ts|services\/standalone\/src\/(node\.ts|demo\/)|packages\/testing\/|packages\/[^/]+\/src\/(kafka|mongo)-[a-z-]+-under-test\.ts)/;
const test = /(\.(test|conformance)\.ts$|\/testing\/|\/generated\/)/;

const clockOrChance: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bDate\(\s*\)/,
  /\bMath\.random\b/,
  /\bperformance\.now\b/,
  /\bprocess\.hrtime\b/,
  /\bTemporal\.Now\b/,
  /\b(randomUUID|randomBytes|randomInt|getRandomValues)\b/,
  /\bset(Timeout|Interval|Immediate)\b/,
];
const environment = /\bprocess\.env\b/;

/** What a module does that its place forbids, a sentence each; `path` from the root. */
export function impurities(path: string, text: string): readonly string[] {
  if (test.test(path)) return [];
  const code = withoutComments(text);
  const forbidden = [
    ...(pure.test(path) ? clockOrChance : []),
    ...(mayReadEnvironment.test(path) ? [] : [environment]),
  ];
  return forbidden.flatMap((pattern) => {
    const found = pattern.exec(code);
    return found ? `${path} has ${found[0]}` : [];
  });
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');

export interface Module {
  readonly path: string;
  readonly text: string;
}

/** The sources of all services and packages. */
export function sourceModules(root: string): readonly Module[] {
  const folders = ['services', 'packages'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => join(root, kind, name, 'src')),
  );
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({ path: relative(root, join(folder, file)), text: readFileSync(join(folder, file), 'utf8') })),
  );
}
