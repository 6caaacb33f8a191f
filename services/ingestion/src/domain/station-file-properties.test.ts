import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLocalStamp } from '@quantrac/regulations';
import fc from 'fast-check';
import type { ReadingLine } from './reading-line.ts';
import { type ParsedFile, parseStationFile } from './station-file.ts';

type Written = Pick<ReadingLine, 'symbol' | 'value' | 'unit' | 'time' | 'status'>;

interface Format {
  readonly layout: 1 | 2 | 3 | 4;
  readonly separator: string;
  readonly lineEnd: string;
  readonly comma: boolean;
  readonly byteOrderMark: boolean;
}

const format: fc.Arbitrary<Format> = fc.record({
  layout: fc.constantFrom(1, 2, 3, 4),
  separator: fc.constantFrom('\t', ' ', '   '),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  comma: fc.boolean(),
  byteOrderMark: fc.boolean(),
});

const reading: fc.Arbitrary<Written> = fc.record({
  symbol: fc.constantFrom('pH', 'COD', 'PM2,5', 'PM 10', 'Flow_in', 'Water Level', 'Lưu lượng', 'NH4+', 'NO2'),
  value: fc.tuple(fc.integer({ min: -99_999, max: 999_999 }), fc.integer({ min: 0, max: 4 })).map(decimalText),
  unit: fc.constantFrom('-', 'mg/L', 'µg/Nm3', 'μg/Nm³', '°C', 'độ C', 'Pt-Co', '%'),
  time: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
  status: fc.constantFrom('00', '01', '02'),
});

function decimalText([digits, decimals]: [number, number]): string {
  return (digits / 10 ** decimals).toFixed(decimals);
}

function write(readings: readonly Written[], { layout, separator, lineEnd, comma, byteOrderMark }: Format): Uint8Array {
  const lines = readings.map(({ symbol, value, unit, time, status }) => {
    const sent = comma ? value.replace('.', ',') : value;
    const stamp = formatLocalStamp(time);
    const columns = {
      1: [symbol, sent, unit, stamp, status],
      2: [stamp, symbol, sent, unit],
      3: [stamp, symbol, sent],
      4: [symbol, sent, stamp, status],
    };
    return columns[layout].join(separator) + lineEnd;
  });
  return new TextEncoder().encode((byteOrderMark ? '\uFEFF' : '') + lines.join(''));
}

/** What the layout can carry of a reading. */
const carried = (layout: Format['layout'], { symbol, value, unit, time, status }: Written): Written => ({
  symbol,
  value,
  unit: layout < 3 ? unit : '',
  time,
  status: layout === 1 || layout === 4 ? status : '00',
});

/** Reading lines, held lines, line ends, blank lines and the byte order mark are the file, each byte once. */
function assertEveryByteAccountedFor(bytes: Uint8Array, { lines, faults, heldBytes, faultsLeftOut }: ParsedFile): void {
  const taken = new Uint8Array(bytes.length);
  for (const { from, to } of [...lines, ...faults]) for (let at = from; at < to; at++) taken[at]!++;
  assert.ok(
    taken.every((times) => times <= 1),
    'a byte is in two lines',
  );
  assert.equal(
    heldBytes,
    faults.reduce((sum, { from, to }) => sum + to - from, 0),
  );
  assert.equal(faultsLeftOut, 0);
  const rest = bytes.filter((_, at) => taken[at] === 0 && !(at < 3 && [0xef, 0xbb, 0xbf][at] === bytes[at]));
  assert.ok(
    rest.every((byte) => [0x0a, 0x0d, 0x20, 0x09].includes(byte)),
    `unaccounted: ${Buffer.from(rest)}`,
  );
}

const whole = { mostFaults: Number.POSITIVE_INFINITY, nameTime: 0 };

describe('the parser of station files', () => {
  test('reads back exactly what was written, in any layout', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 12 }), format, (readings, format) => {
        const parsed = parseStationFile(write(readings, format));
        assert.deepEqual(parsed.faults, []);
        assert.deepEqual(
          parsed.lines.map((line) => carried(1, line)),
          readings.map((reading) => carried(format.layout, reading)),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('accounts for every byte of a file that was damaged, and never throws', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat({ max: 20 }),
      insert: fc.uint8Array({ maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 8 }), format, fc.array(damage), (readings, format, damages) => {
        const bytes = damages.reduce<number[]>(
          (bytes, { at, remove, insert }) => bytes.toSpliced(Math.floor(at * bytes.length), remove, ...insert),
          [...write(readings, format)],
        );
        assertEveryByteAccountedFor(Uint8Array.from(bytes), parseStationFile(Uint8Array.from(bytes), whole));
      }),
      { numRuns: 1000 },
    );
  });

  test('accounts for every byte of text made of what lines are made of', () => {
    const piece = fc.constantFrom(
      'pH',
      '7,2',
      '<',
      '.',
      '-',
      '20260115083000',
      '00',
      '07',
      '\t',
      ' ',
      '\r',
      '\n',
      '\0',
      'µ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const bytes = new TextEncoder().encode(pieces.join(''));
        assertEveryByteAccountedFor(bytes, parseStationFile(bytes, whole));
      }),
      { numRuns: 2000 },
    );
  });

  test('reads nothing from a cut file that the whole file does not say', () => {
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 2, maxLength: 4 }),
        format,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (readings, format, share) => {
          const bytes = write(readings, format);
          const { lines } = parseStationFile(bytes);
          const cut = parseStationFile(bytes.subarray(0, Math.floor(share * bytes.length)), whole).lines;
          const unitLess = ({ unit: _, to: __, ...rest }: ReadingLine) => rest;
          const closed = cut.filter(({ to }) => lines.some((line) => line.to === to));
          assert.deepEqual(closed, lines.slice(0, closed.length));
          // what is left of a unit is judged where the channel is known
          const half = format.layout === 2 ? cut.slice(closed.length) : [];
          assert.deepEqual(half.map(unitLess), lines.slice(closed.length, closed.length + half.length).map(unitLess));
          assert.ok(cut.length - closed.length - half.length <= (closed.length === 0 ? 1 : 0), 'half a line was read');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('takes ten megabytes of noise in bounded memory and describes the first faults', () => {
    const bytes = new Uint8Array(10 << 20);
    for (let at = 0, state = 42; at < bytes.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[at] = state >>> 24;
    }
    const { lines, faults, faultsLeftOut, heldBytes } = parseStationFile(bytes);
    assert.equal(lines.length, 0);
    assert.equal(faults.length, 100);
    assert.ok(faultsLeftOut > 10_000);
    assert.ok(heldBytes > 0.98 * bytes.length);
  });

  test('takes ten megabytes without a line end, and a number without an end', () => {
    const { faults } = parseStationFile(new Uint8Array(10 << 20).fill(0x37));
    assert.deepEqual(
      faults.map(({ reason, from, to }) => [reason, from, to]),
      [['WrongColumns', 0, 10 << 20]],
    );
  });

  test('reads so many lines and holds the rest as one', () => {
    const line = 'pH\t7.2\t-\t20260115083000\t00\n';
    const bytes = new TextEncoder().encode(line.repeat(5));
    const { lines, faults } = parseStationFile(bytes, { mostLines: 3 });
    assert.equal(lines.length, 3);
    assert.deepEqual(
      faults.map(({ reason, line, from, to }) => [reason, line, from, to]),
      [['TooManyLines', 4, 3 * line.length, bytes.length]],
    );
  });
});
