import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type CommandContext, openEmbeddedStores } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import { tokensOf } from './tokens.ts';

const at = Date.parse('2026-01-15T00:00:00.000Z');
const by = (commandId: string = randomUUID()): CommandContext => ({
  actor: { account: 'lan', role: 'department' },
  commandId,
  at,
});
const wanted = { name: 'board', role: 'industrial-zone-board', scope: ['s1'] } as const;

const open = async (test: TestContext) => {
  const folder = temporaryFolder();
  const stores = await openEmbeddedStores(folder, 'portal');
  test.after(() => stores.close());
  return { events: stores.events, tokens: tokensOf(stores.events), folder, file: join(folder, 'portal.token') };
};

describe('tokens', () => {
  it('are verified by their secret, of which only the hash is kept', async (test) => {
    const { tokens, events } = await open(test);
    const { token, secret } = await tokens.create(wanted, by());
    assert.equal((await tokens.verified(secret))?.token, token);
    const last = secret.endsWith('A') ? 'B' : 'A';
    for (const wrong of ['', 'qt_', token, `${secret}A`, `${secret.slice(0, -1)}${last}`, secret.toUpperCase()])
      assert.equal(await tokens.verified(wrong), undefined, wrong);
    const key = secret.slice(secret.indexOf('_', 3) + 1);
    assert.doesNotMatch(JSON.stringify([await events.readAll(0, 10), await tokens.list()]), new RegExp(key));
  });

  it('tell their secret once: the same command again makes no other', async (test) => {
    const { tokens } = await open(test);
    const { secret } = await tokens.create(wanted, by('c1'));
    await assert.rejects(tokens.create(wanted, by('c1')), { kind: 'conflict', code: 'TokenExists' });
    assert.ok(await tokens.verified(secret));
    assert.equal((await tokens.list()).length, 1);
  });

  it('that are revoked are refused at once, and at another instance soon', async (test) => {
    const { tokens, events } = await open(test);
    const elsewhere = tokensOf(events, 50);
    const { token, secret } = await tokens.create(wanted, by());
    assert.ok(await elsewhere.verified(secret));
    await tokens.revoke(token, 'lost', by());
    assert.equal(await tokens.verified(secret), undefined);
    await eventually(async () => assert.equal(await elsewhere.verified(secret), undefined), { withinMs: 1000 });
    assert.equal((await tokens.list())[0]?.revoked, true);
  });
});

describe('the first token', () => {
  it('lies in a file that its owner alone can read, and is made once', async (test) => {
    const { tokens, folder, file } = await open(test);
    assert.equal(await tokens.first(folder, at), file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const secret = readFileSync(file, 'utf8').trim();
    assert.equal((await tokens.verified(secret))?.role, 'department');
    rmSync(file);
    assert.equal(await tokens.first(folder, at), undefined);
    assert.ok(!existsSync(file));
  });

  it('is what the file says when the start before ended between the two', async (test) => {
    const { tokens, folder, file } = await open(test);
    const secret = `qt_0123456789ab_${'k'.repeat(32)}`;
    writeFileSync(file, `${secret}\n`);
    await tokens.first(folder, at);
    assert.ok(await tokens.verified(secret));
  });

  it('is made again when nobody is left who could administer', async (test) => {
    const { tokens, folder, file } = await open(test);
    await tokens.first(folder, at);
    const before = readFileSync(file, 'utf8').trim();
    await tokens.create(wanted, by());
    await tokens.revoke((await tokens.verified(before))!.token, 'lost', by());
    await tokens.first(folder, at);
    const secret = readFileSync(file, 'utf8').trim();
    assert.notEqual(secret, before);
    assert.ok(await tokens.verified(secret));
    assert.equal(await tokens.verified(before), undefined);
  });
});
