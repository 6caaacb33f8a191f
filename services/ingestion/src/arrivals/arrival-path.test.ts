import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import fc from 'fast-check';
import { isUnfinished, virtualFilePath, virtualPath } from './arrival-path.ts';

test('a path is read from the current folder, or from the root where it begins with a slash', () => {
  assert.equal(virtualPath('b.txt', 'a'), 'a/b.txt');
  assert.equal(virtualPath('/b.txt', 'a'), 'b.txt');
  assert.equal(virtualPath('./c//d.txt', 'a'), 'a/c/d.txt');
  assert.equal(virtualPath('TRAM\\2024\\d.txt'), 'TRAM/2024/d.txt');
  assert.equal(virtualPath('C:\\d.txt', 'a'), 'a/C:/d.txt');
  assert.equal(virtualPath('..', 'a'), '');
});

test('whatever is sent, the path stays in the root and reads as itself again, or is refused as unusable', () => {
  const name = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\\', '\0', 'ạ'), fc.string({ unit: 'grapheme' }));
  const sent = fc.array(name).map((names) => names.join('/'));
  fc.assert(
    fc.property(sent, sent, (path, folder) => {
      try {
        const seen = virtualPath(path, virtualPath(folder));
        assert.ok(!seen.startsWith('/') && !seen.endsWith('/'));
        assert.ok(seen === '' || seen.split('/').every((each) => !['', '.', '..'].includes(each)));
        assert.equal(virtualPath(seen), seen);
      } catch (error) {
        assert.ok(isFault(error, 'PathUnusable'));
      }
    }),
  );
});

test('a name too long for any disk is refused, and told without repeating it', () => {
  for (const path of ['x'.repeat(256), 'ạ'.repeat(100), 'a/'.repeat(600)])
    assert.throws(
      () => virtualPath(path),
      (error: Error) => isFault(error, 'PathUnusable') && error.message.length < 400,
    );
  assert.equal(virtualPath('x'.repeat(255)).length, 255);
});

test('a control character is refused, so that no name can forge a line of a log or a reply', () => {
  for (const path of ['a\0b', 'a\nb', 'a\r\nb', 'a\u007fb', '\u001b[2J'])
    assert.throws(
      () => virtualPath(path),
      (error) => isFault(error, 'PathUnusable'),
    );
});

test('a file needs a name of its own', () => {
  for (const path of ['', '/', 'a/', 'a\\', '.', '..', 'a/..', 'a/.'])
    assert.throws(
      () => virtualFilePath(path),
      (error) => isFault(error, 'PathUnusable'),
    );
  assert.equal(virtualFilePath('a/...'), 'a/...');
});

test('the usual endings of an unfinished file are known', () => {
  for (const name of ['a.tmp', 'a.txt.part', 'a.txt.FILEPART', 'a.temp', 'a.partial']) assert.ok(isUnfinished(name));
  for (const name of ['a.txt', 'tmp', 'a.tmp.txt', 'part/a.txt']) assert.ok(!isUnfinished(name));
});
