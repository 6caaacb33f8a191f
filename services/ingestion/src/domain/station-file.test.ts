import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ParseOptions, parseStationFile } from './station-file.ts';

const time = Date.UTC(2026, 0, 15, 1, 30);
const stamp = '20260115083000';

const parse = (text: string, options?: ParseOptions) => parseStationFile(new TextEncoder().encode(text), options);
const readings = (text: string, options?: ParseOptions) =>
  parse(text, options).lines.map(({ symbol, value, unit, time, status }) => ({ symbol, value, unit, time, status }));
const reasons = (text: string, options?: ParseOptions) =>
  parse(text, options).faults.map(({ line, reason }) => [line, reason]);
const line = (...columns: readonly string[]) => `${columns.join('\t')}\r\n`;

describe('the layouts of a line', () => {
  const cod = { symbol: 'COD', value: '45.3', unit: 'mg/L', time, status: '00' };

  test('symbol, value, unit, time and status', () => {
    assert.deepEqual(readings(line('COD', '45.3', 'mg/L', stamp, '01')), [{ ...cod, status: '01' }]);
    assert.deepEqual(readings(line('COD', '45.3', 'mg/L', stamp)), [cod]);
  });

  test('time, symbol, value and unit', () => {
    assert.deepEqual(readings(line(stamp, 'COD', '45.3', 'mg/L')), [cod]);
  });

  test('time, symbol and value', () => {
    assert.deepEqual(readings(line(stamp, 'COD', '45.3')), [{ ...cod, unit: '' }]);
  });

  test('symbol, value, time and status', () => {
    assert.deepEqual(readings(line('COD', '45.3', stamp, '02')), [{ ...cod, unit: '', status: '02' }]);
    assert.deepEqual(readings(line('COD', '45.3', stamp)), [{ ...cod, unit: '' }]);
  });

  test('runs of spaces separate columns as a TAB does', () => {
    assert.deepEqual(readings(`COD   45.3 mg/L  ${stamp} 01\n`), [{ ...cod, status: '01' }]);
    assert.deepEqual(readings(`${stamp} COD 45.3 mg/L\n`), [cod]);
    assert.deepEqual(readings(`${stamp} COD 45.3\n`), [{ ...cod, unit: '' }]);
    assert.deepEqual(readings(` COD 45.3 ${stamp} \n`), [{ ...cod, unit: '' }]);
  });

  test('a symbol or a unit that holds a space stays whole', () => {
    const level = { symbol: 'Water Level', value: '2.15', unit: 'độ C', time, status: '00' };
    assert.deepEqual(readings(line('Water Level', '2.15', 'độ C', stamp, '00')), [level]);
    assert.deepEqual(readings(`Water Level 2.15 độ C ${stamp} 00\n`), [level]);
    assert.deepEqual(readings(`${stamp} PM 10 33 µg/Nm3\n`), [
      { symbol: 'PM 10', value: '33', unit: 'µg/Nm3', time, status: '00' },
    ]);
  });

  test('a line without a time takes the time of the name, and is held where that has none', () => {
    const text =
      line('COD', '45.3', 'mg/L') + line('COD', '45.3', 'mg/L', '', '00') + line('COD', '45.3', 'mg/L', '00');
    assert.deepEqual(readings(text, { nameTime: time }), [cod, cod, cod]);
    assert.deepEqual(reasons(text), [
      [1, 'TimeMissing'],
      [2, 'TimeMissing'],
      [3, 'TimeMissing'],
    ]);
  });

  test("a line's own time holds against that of the name", () => {
    assert.equal(readings(line('COD', '45.3', 'mg/L', stamp), { nameTime: 0 })[0]?.time, time);
  });

  test('a TAB after the last column changes nothing', () => {
    assert.deepEqual(readings(line('COD', '45.3', 'mg/L', stamp, '00', '')), [cod]);
    assert.deepEqual(readings(line('COD', '45.3', 'mg/L', stamp, '')), [cod]);
  });

  test('an empty unit is no unit', () => {
    assert.deepEqual(readings(line('COD', '45.3', '', stamp, '00')), [{ ...cod, unit: '' }]);
  });
});

describe('text and values', () => {
  test('LF, CRLF and CR end lines, and blank lines are no lines', () => {
    const text = `A\t1\t-\t${stamp}\nB\t2\t-\t${stamp}\r\n\r\n \t \rC\t3\t-\t${stamp}\r`;
    assert.deepEqual(
      parse(text).lines.map(({ symbol, line }) => [symbol, line]),
      [
        ['A', 1],
        ['B', 2],
        ['C', 5],
      ],
    );
  });

  test('a byte order mark is not part of the first symbol', () => {
    const parsed = parse(`\uFEFF${line('pH', '7.2', '-', stamp)}`);
    assert.equal(parsed.lines[0]?.symbol, 'pH');
    assert.equal(parsed.encoding, 'utf-8-bom');
    assert.equal(parse(line('pH', '7.2', '-', stamp)).encoding, 'ascii');
    assert.equal(parse(line('Temp', '7.2', '°C', stamp)).encoding, 'utf-8');
  });

  test('symbols and units come in NFC', () => {
    const [reading] = parse(line('Nhiệt độ'.normalize('NFD'), '31', 'độ C'.normalize('NFD'), stamp)).lines;
    assert.equal(reading?.symbol, 'Nhiệt độ'.normalize('NFC'));
    assert.equal(reading?.unit, 'độ C'.normalize('NFC'));
  });

  test('thousands of different symbols are never taken for each other', () => {
    const symbols = Array.from({ length: 5_000 }, (_, index) => `X${index}`);
    const text = symbols.map((symbol) => line(symbol, '1', '-', stamp)).join('');
    assert.deepEqual(
      readings(text + text).map(({ symbol }) => symbol),
      [...symbols, ...symbols],
    );
  });

  test('a comma in a value is a decimal mark, and one in a symbol stays', () => {
    assert.deepEqual(readings(`PM2,5 33,10 µg/Nm3 ${stamp} 00\n`), [
      { symbol: 'PM2,5', value: '33.10', unit: 'µg/Nm3', time, status: '00' },
    ]);
  });

  test('values keep their digits as plain decimals', () => {
    const sent = ['7.20', '-0,50', '+7.2', '.5', '5.', '1.20E-3', '1,2e+02', '0'];
    const kept = ['7.20', '-0.50', '7.2', '0.5', '5', '0.00120', '120', '0'];
    assert.deepEqual(
      readings(sent.map((value) => line('X', value, '-', stamp)).join('')).map(({ value }) => value),
      kept,
    );
  });

  test('a qualifier is kept apart from its number', () => {
    const spaced = `Hg < 0.005 mg/L ${stamp}\n`;
    const text = line('Hg', '<0,005', 'mg/L', stamp) + line('Hg', '> 5', 'mg/L', stamp) + spaced;
    assert.deepEqual(
      parse(text).lines.map(({ symbol, qualifier, value }) => [symbol, qualifier, value]),
      [
        ['Hg', '<', '0.005'],
        ['Hg', '>', '5'],
        ['Hg', '<', '0.005'],
      ],
    );
  });

  test('a missing-value code is missing whatever its status, and nothing near it is', () => {
    const values = ['-999', '-9999', '-999.00', '-999,0', '-999.1', '-99', '999'];
    const text = values.map((value) => line('COD', value, 'mg/L', stamp, '00')).join('');
    assert.deepEqual(
      parse(text).lines.map(({ missing }) => missing),
      [true, true, true, true, false, false, false],
    );
    assert.equal(parse(line('COD', '-999', 'mg/L', stamp, '01')).lines[0]?.missing, true);
  });

  test('missing-value codes can be set', () => {
    const text = line('COD', '-99', 'mg/L', stamp) + line('COD', '-999', 'mg/L', stamp);
    assert.deepEqual(
      parse(text, { missingCodes: ['-99'] }).lines.map(({ missing }) => missing),
      [true, false],
    );
  });
});

describe('what is held', () => {
  const held: readonly [reason: string, text: string][] = [
    ['ValueEmpty', line('COD', '', 'mg/L', stamp, '00')],
    ['ValueEmpty', line(stamp, 'COD', '')],
    ['ValueEmpty', line('COD', '', stamp)],
    ['ValueNotANumber', line('COD', 'error', 'mg/L', stamp, '02')],
    ['ValueNotANumber', line('COD', '1.234,5', 'mg/L', stamp, '00')],
    ['ValueNotANumber', line('COD', 'NaN', 'mg/L', stamp, '00')],
    ['ValueNotANumber', line('COD', '1e500', 'mg/L', stamp, '00')],
    ['ValueNotANumber', line('COD', '7'.repeat(31), 'mg/L', stamp, '00')],
    ['ValueNotANumber', line('COD', '<', 'mg/L', stamp, '00')],
    ['ValueNotANumber', `COD mg/L ${stamp} 00\n`],
    ['StatusUnknown', line('COD', '45.3', 'mg/L', stamp, '07')],
    ['StatusUnknown', line('COD', '45.3', 'mg/L', stamp, '0')],
    ['StatusUnknown', line('COD', '45.3', 'mg/L', stamp, 'OK')],
    ['StatusUnknown', line('COD', '45.3', 'mg/L', '07')],
    ['TimeImpossible', line('COD', '45.3', 'mg/L', '20260230083000', '00')],
    ['TimeImpossible', line('COD', '45.3', 'mg/L', '20260115240000', '00')],
    ['TimeImpossible', line('COD', '45.3', 'mg/L', '20261315083000', '00')],
    ['TimeImpossible', line('COD', '45.3', 'mg/L', '202601150830', '00')],
    ['TimeImpossible', line('COD', '45.3', '2026-01-15 08:30')],
    ['TimeImpossible', 'COD 45.3 mg/L 2026-01-15 08:30:00 00\n'],
    ['WrongColumns', line('COD')],
    ['WrongColumns', line('COD', '45.3', 'mg/L', 'outlet')],
    ['WrongColumns', line('COD', '45.3', 'mg/L', 'outlet', stamp, '00')],
    ['WrongColumns', line(stamp, 'COD', '45.3', 'mg/L', '00')],
    ['WrongColumns', line('COD', stamp, '00')],
    ['WrongColumns', `COD ${stamp} 00\n`],
    ['WrongColumns', 'COD;45.3;mg/L;20260115083000;00\n'],
    ['WrongColumns', `${'x '.repeat(40)}45.3 ${stamp}\n`],
    ['WrongColumns', line('COD', '45.3', 'mg/L', stamp, '00', ...Array(40).fill(''), '99')],
    ['SymbolEmpty', line('', '45.3', 'mg/L', stamp, '00')],
    ['FieldTooLong', line('C'.repeat(101), '45.3', 'mg/L', stamp, '00')],
    ['FieldTooLong', line('COD', '45.3', 'm'.repeat(101), stamp, '00')],
    ['ControlCharacter', line('CO\0D', '45.3', 'mg/L', stamp, '00')],
    ['ControlCharacter', '\u001A\n'],
    ['ControlCharacter', line('CO\u007FD', '45.3', 'mg/L', stamp, '00')],
  ];

  for (const [reason, text] of held)
    test(`${JSON.stringify(text.slice(0, 60))} as ${reason}, and the lines beside it are read`, () => {
      const good = line('pH', '7.2', '-', stamp, '00');
      assert.deepEqual(reasons(good + text + good, { nameTime: time }), [[2, reason]]);
      assert.equal(readings(good + text + good, { nameTime: time }).length, 2);
    });

  test('a line that is not UTF-8, and no other', () => {
    const bytes = Buffer.from(line('Temp', '31', '°C', stamp) + line('pH', '7.2', '-', stamp), 'latin1');
    const { lines, faults } = parseStationFile(bytes);
    assert.deepEqual(
      lines.map(({ symbol }) => symbol),
      ['pH'],
    );
    assert.deepEqual(
      faults.map(({ line, reason }) => [line, reason]),
      [[1, 'NotUtf8']],
    );
  });

  test('a file of UTF-16, whole', () => {
    const bytes = Buffer.from(`\uFEFF${line('pH', '7.2', '-', stamp)}`, 'utf16le');
    const { lines, faults, encoding } = parseStationFile(bytes);
    assert.deepEqual([lines.length, encoding], [0, 'utf-16']);
    assert.deepEqual(
      faults.map(({ from, to, reason }) => [from, to, reason]),
      [[0, bytes.length, 'Utf16']],
    );
  });

  test('a fault says which bytes, shows them and says what to do', () => {
    const [fault] = parse(line('pH', '7.2', '-', stamp) + line('COD', 'error', 'mg/L', stamp, '02')).faults;
    assert.deepEqual(fault, {
      line: 2,
      from: 25,
      to: 57,
      text: `COD error mg/L ${stamp} 02`,
      reason: 'ValueNotANumber',
      advice: '"error" is not a number: write digits with a dot or a comma, and no text',
    });
  });
});

describe('a last line without a line end', () => {
  const whole = `pH\t7.2\t-\t${stamp}\t00\nCOD\t145.3\tmg/L\t${stamp}\t02\n`;

  test('is read when it closes as the line before it does', () => {
    const { lines, cut } = parse(whole.slice(0, -1));
    assert.deepEqual([lines.length, cut], [2, true]);
    assert.equal(parse(whole).cut, false);
  });

  test('is read alone when it carries its own time', () => {
    for (const text of [`pH\t7.2\t-\t${stamp}\t00`, `pH 7.2 ${stamp}`, `${stamp}\tpH\t7.2\t-`])
      assert.equal(readings(text).length, 1, text);
  });

  test('is held alone where it was cut before its time ended or behind the TAB after it', () => {
    for (const text of [
      'pH\t7',
      `${stamp}\tpH\t7.2`,
      `${stamp}\tLevel\t7.2\tm`,
      `pH\t7.2\t-\t${stamp.slice(0, 9)}`,
      `pH\t7.2\t-\t${stamp}\t`,
    ])
      assert.equal(parse(text, { nameTime: time }).faults.length, 1, text);
  });

  const layouts = {
    'symbol value unit time status': whole,
    'time symbol value unit': `${stamp}\tpH\t7.2\t-\n${stamp}\tCOD\t145.3\tmg/L\n`,
    'time symbol value': `${stamp}\tpH\t7.2\n${stamp}\tCOD\t145.3\n`,
    'symbol value time status': `pH\t7.2\t${stamp}\t00\nCOD\t145.3\t${stamp}\t02\n`,
    'symbol value': 'pH\t7.2\nCOD\t145.3\n',
  };
  for (const [layout, text] of Object.entries(layouts))
    test(`is held wherever it was cut before that, never read as something else: ${layout}`, () => {
      const secondLine = text.indexOf('\n') + 1;
      const unitFrom = layout.endsWith('unit') ? text.length - 5 : Infinity;
      for (let end = secondLine + 1; end < text.length - 1; end++) {
        const { lines, faults, cut } = parse(text.slice(0, end), { nameTime: time });
        // what is left of a unit is no unit, or none that the channel could be sent in
        if (end > unitFrom + 1)
          assert.deepEqual([lines[1]!.value, lines[1]!.unit], ['145.3', text.slice(unitFrom, end)]);
        else assert.deepEqual([lines.length, faults.length, cut], [1, 1, true], text.slice(secondLine, end));
      }
    });

  test('is held where the value closes it, since its last digits may be missing, until a person says that it is whole', () => {
    for (const text of [layouts['time symbol value'], layouts['symbol value']]) {
      const unended = text.slice(0, -1);
      const { lines, faults } = parse(unended, { nameTime: time });
      assert.deepEqual([lines.length, faults.map(({ reason }) => reason)], [1, ['LineCut']]);
      assert.match(faults[0]!.advice, /reprocess this one only if the line is whole/);
      assert.equal(parse(unended, { nameTime: time, lastLineIsWhole: true }).lines[1]!.value, '145.3');
    }
  });
});

describe('what other systems did wrong', () => {
  test('a value that is no number is never stored as 0', () => {
    const text = ['', 'N/A', '---', 'error', '#'].map((value) => line('COD', value, 'mg/L', stamp, '00')).join('');
    assert.equal(parse(text).lines.length, 0);
    assert.equal(parse(text).faults.length, 5);
  });

  test('each line keeps its own status, first, last and missing', () => {
    const statuses = ['00', '01', '', '02', '00'];
    const text = statuses.map((status, index) => line(`P${index}`, '1', '-', stamp, status)).join('');
    assert.deepEqual(
      parse(text).lines.map(({ status }) => status),
      ['00', '01', '00', '02', '00'],
    );
  });

  test('-999 is not a value below zero', () => {
    const [reading] = parse(line('SO2', '-999', 'mg/Nm3', stamp, '00')).lines;
    assert.deepEqual([reading?.missing, reading?.status], [true, '00']);
  });
});
