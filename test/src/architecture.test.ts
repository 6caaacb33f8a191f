import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@quantrac/testing';
import { impurities, sourceModules } from './clock-free.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The rules that modules with these texts break. */
function broken(modules: Readonly<Record<string, string>>): readonly string[] {
  const folder = temporaryFolder('planted');
  for (const [path, text] of Object.entries(modules)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(root, '.dependency-cruiser.mjs');
  const { stdout } = spawnSync(process.execPath, [cruiser, '--config', config, '--output-type', 'json', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))];
}

const empty = 'export const nothing = 0;\n';

describe('the rules of the architecture', () => {
  it('let what is right pass', () => {
    const domain = "import '../../../../packages/event-sourcing/dist/index.js';\nimport './other.js';\n";
    assert.deepEqual(
      broken({
        'services/a/dist/domain/rule.js': domain,
        'services/a/dist/domain/other.js': empty,
        'packages/event-sourcing/dist/index.js': empty,
      }),
      [],
    );
  });

  for (const impure of ['node:crypto', '@nestjs/common', '../api/commands.js'])
    it(`refuse a domain that imports ${impure}`, () => {
      const planted = {
        'services/a/dist/domain/rule.js': `import '${impure}';\n`,
        'services/a/dist/api/commands.js': empty,
      };
      assert.deepEqual(broken(planted), ['domain-is-pure']);
    });

  it('refuse a service that imports another', () => {
    const planted = {
      'services/a/dist/api.js': "import '../../b/dist/index.js';\n",
      'services/b/dist/index.js': empty,
    };
    assert.deepEqual(broken(planted), ['services-do-not-import-services']);
  });

  it('let standalone compose them', () => {
    const planted = {
      'services/standalone/dist/node.js': "import '../../b/dist/index.js';\n",
      'services/b/dist/index.js': empty,
    };
    assert.deepEqual(broken(planted), []);
  });

  it('refuse a cycle', () => {
    assert.deepEqual(
      broken({ 'packages/p/dist/a.js': "import './b.js';\n", 'packages/p/dist/b.js': "import './a.js';\n" }),
      ['no-cycles'],
    );
  });

  for (const driver of ['kafkajs', 'mongoose'])
    it(`refuse ${driver} outside its adapter, and let it in there`, () => {
      const text = `import '${driver}';\n`;
      assert.deepEqual(broken({ 'packages/event-log/dist/event-log.js': text }), ['drivers-stay-in-their-adapters']);
      const adapter = driver === 'kafkajs' ? 'kafka-driver' : 'mongo-event-store';
      assert.deepEqual(broken({ [`packages/event-log/dist/${adapter}.js`]: text }), []);
    });
});

describe('time and chance', () => {
  it('come into domains and processors as arguments, and settings into everything through its config', () => {
    const modules = sourceModules(root);
    assert.ok(modules.some(({ path }) => path === 'services/alerting/src/processors/episodes.ts'));
    assert.deepEqual(
      modules.flatMap(({ path, text }) => impurities(path, text)),
      [],
    );
  });

  for (const planted of [
    'const now = Date.now();',
    'const now = new Date();',
    'const now = new Date( ).getTime();',
    'const id = Math.random();',
    "import { randomUUID } from 'node:crypto';",
    'const began = performance.now();',
    'setTimeout(later, 1000);',
  ])
    it(`refuse a domain with ${planted}`, () => {
      assert.equal(impurities('services/a/src/domain/rule.ts', planted).length, 1);
      assert.equal(impurities('services/a/src/processors/deep/rule.ts', `${planted} // why`).length, 1);
      assert.equal(impurities('packages/regulations/src/rule.ts', planted).length, 1);
      assert.deepEqual(impurities('services/a/src/api/commands.ts', planted), []);
      assert.deepEqual(impurities('services/a/src/domain/rule.test.ts', planted), []);
    });

  it('refuse settings that are read past the config', () => {
    const planted = 'const port = process.env.PORT;';
    for (const path of ['services/a/src/api/commands.ts', 'services/a/src/domain/rule.ts', 'packages/p/src/thing.ts'])
      assert.deepEqual(impurities(path, planted), [`${path} has process.env`]);
    assert.deepEqual(impurities('services/a/src/main.ts', planted), []);
  });

  it('let a given instant be made into a date, and a comment say what it likes', () => {
    const right = 'const at = new Date(knownAt); // never Date.now()\n/* nor Math.random */';
    assert.deepEqual(impurities('services/a/src/domain/rule.ts', right), []);
  });
});
