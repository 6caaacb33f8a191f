import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import fc from 'fast-check';
import { parseFileName, safeRelativePath } from './file-name.ts';

const time = Date.UTC(2026, 0, 15, 1, 30);
const refusedAs = (code: string) => (error: unknown) => isFault(error, code);

describe('the name of a station file', () => {
  test('gives its prefix and its local time', () => {
    assert.deepEqual(parseFileName('HCM_ABC_NT01_20260115083000.txt'), { prefix: 'HCM_ABC_NT01', stamped: true, time });
  });

  test('may have one part or many before the time, and an extension in capitals', () => {
    assert.deepEqual(parseFileName('NT01_20260115083000.TXT'), { prefix: 'NT01', stamped: true, time });
    assert.deepEqual(parseFileName('HCM_Cty_A_B_NT01_20260115083000.txt'), {
      prefix: 'HCM_Cty_A_B_NT01',
      stamped: true,
      time,
    });
    assert.deepEqual(parseFileName('20260115083000.txt'), { prefix: '', stamped: false, time });
  });

  test('keeps what is no time in the prefix', () => {
    assert.deepEqual(parseFileName('HCM_ABC_NT01.txt'), { prefix: 'HCM_ABC_NT01', stamped: false, time: undefined });
    assert.deepEqual(parseFileName('HCM_ABC_202601150830.txt'), {
      prefix: 'HCM_ABC_202601150830',
      stamped: false,
      time: undefined,
    });
  });

  test('has no time where the calendar has none', () => {
    assert.deepEqual(parseFileName('HCM_ABC_NT01_20260115240000.txt'), {
      prefix: 'HCM_ABC_NT01',
      stamped: true,
      time: undefined,
    });
  });

  test('gives its prefix in NFC', () => {
    assert.equal(parseFileName('BĐ_Nhà máy_20260115083000.txt'.normalize('NFD')).prefix, 'BĐ_Nhà máy'.normalize('NFC'));
  });

  test('is refused when it is empty, too long or leads elsewhere', () => {
    assert.throws(() => parseFileName(''), refusedAs('FileNameEmpty'));
    assert.throws(() => parseFileName('x'.repeat(10_000)), refusedAs('FileNameTooLong'));
    for (const name of ['..', '.', 'a/b.txt', 'a\\b.txt', 'a\0b.txt', 'a\nb.txt'])
      assert.throws(() => parseFileName(name), refusedAs('FileNameUnsafe'), JSON.stringify(name));
  });
});

describe('a relative path', () => {
  test('comes back in plain segments', () => {
    assert.equal(safeRelativePath('NT01/2026/01/15/a.txt'), 'NT01/2026/01/15/a.txt');
    assert.equal(safeRelativePath('./NT01//2026\\01/a.txt'), 'NT01/2026/01/a.txt');
    assert.equal(safeRelativePath('Trạm..1/a..txt'), 'Trạm..1/a..txt');
  });

  test('is refused when it is absolute, leads upwards, holds NUL or is too long', () => {
    for (const path of ['/etc/passwd', '\\\\host\\a', 'C:\\a.txt', 'c:a.txt'])
      assert.throws(() => safeRelativePath(path), refusedAs('PathAbsolute'), path);
    for (const path of ['../a.txt', 'NT01/../../a.txt', 'NT01\\..\\a.txt', 'NT01/a\0.txt', '..'])
      assert.throws(() => safeRelativePath(path), refusedAs('FileNameUnsafe'), JSON.stringify(path));
    assert.throws(() => safeRelativePath(`NT01/${'x'.repeat(256)}`), refusedAs('FileNameTooLong'));
    assert.throws(() => safeRelativePath('x/'.repeat(5_000)), refusedAs('PathTooLong'));
    for (const path of ['', './', '//']) assert.throws(() => safeRelativePath(path));
  });

  test('never leads out of its folder, whatever is sent', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'C:', '\0', 'a', 'NT01', ' ');
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (path) => {
          const safe = safeOrRefused(path);
          const root = new URL('file:///upload/');
          return safe === undefined || new URL(encodeURI(safe).replaceAll(':', '%3A'), root).href.startsWith(root.href);
        },
      ),
    );
  });
});

function safeOrRefused(path: string): string | undefined {
  try {
    return safeRelativePath(path);
  } catch (error) {
    assert.ok(isFault(error), String(error));
    return undefined;
  }
}
