import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatCsv, parseCsv } from './csv.ts';

const cellsOf = (text: string) => parseCsv(text).records.map(({ cells }) => cells);

describe('a CSV file', () => {
  it('is read back as it was written, whatever its cells hold', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ệ', ' ', ';', ',', '"', '\r', '\n', '|', "'") });
    const records = fc
      .array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 })
      .map((rows) => [['header', 'two', 'three'], ...rows.filter((cells) => cells.some((cell) => cell.trim() !== ''))]);
    fc.assert(
      fc.property(records, fc.constantFrom(';' as const, ',' as const), (rows, separator) => {
        const { records: read, faults } = parseCsv(formatCsv(rows, separator).join(''));
        assert.deepEqual(faults, []);
        assert.deepEqual(
          read.map(({ cells }) => cells),
          rows,
        );
      }),
    );
  });

  it('begins with a byte order mark, which is no part of its first cell', () => {
    const [first = ''] = formatCsv([['a', 'b']], ';');
    assert.equal(first, '\uFEFFa;b\r\n');
    assert.deepEqual(cellsOf(first), [['a', 'b']]);
  });

  it('takes the separator that its header has', () => {
    assert.deepEqual(cellsOf('a;b\n1,5;2'), [
      ['a', 'b'],
      ['1,5', '2'],
    ]);
    assert.deepEqual(cellsOf('a,b\n1;5,2'), [
      ['a', 'b'],
      ['1;5', '2'],
    ]);
  });

  it('takes every line end, and needs none at its end', () => {
    assert.deepEqual(cellsOf('a;b\r1;2\n3;4\r\n5;'), [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
      ['5', ''],
    ]);
  });

  it('counts the lines inside quoted cells and skips those without text', () => {
    const { records } = parseCsv('a;b\n"one\ntwo";2\n;\n\nlast;4\n');
    assert.deepEqual(
      records.map(({ line }) => line),
      [1, 2, 6],
    );
  });

  it('says on which line a quote stands alone, and reads the others', () => {
    const { records, faults } = parseCsv('a;b\n1;15" pipe\n3;"4"x\n5;6\n"never closed;7');
    assert.deepEqual(
      faults.map(({ line }) => line),
      [2, 3, 5],
    );
    assert.deepEqual(
      records.map(({ cells }) => cells[0]),
      ['a', '5'],
    );
  });
});
