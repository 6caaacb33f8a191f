import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FileFormat, type FileReading, writeStationFile } from './station-file.ts';

const format: FileFormat = {
  layout: 1,
  separator: '\t',
  lineEnd: '\r\n',
  decimalMark: '.',
  byteOrderMark: false,
  quietStatus: false,
};
const time = Date.UTC(2026, 0, 15, 1, 30);
const reading: FileReading = { symbol: 'PM2,5', value: '7.20', unit: 'µg/Nm3', time, status: '00' };
const written = (change: Partial<FileFormat>, status = '00') =>
  Buffer.from(writeStationFile([{ ...reading, status }], { ...format, ...change })).toString('utf8');

test('the four layouts of a line, in local time', () => {
  assert.equal(written({}), 'PM2,5\t7.20\tµg/Nm3\t20260115083000\t00\r\n');
  assert.equal(written({ layout: 2 }), '20260115083000\tPM2,5\t7.20\tµg/Nm3\r\n');
  assert.equal(written({ layout: 3 }), '20260115083000\tPM2,5\t7.20\r\n');
  assert.equal(written({ layout: 4 }, '02'), 'PM2,5\t7.20\t20260115083000\t02\r\n');
});

test('the habits of loggers: spaces, commas, line ends, a byte order mark, a status only where it matters', () => {
  const habits = { separator: ' ', lineEnd: '\r', decimalMark: ',', byteOrderMark: true } as const;
  assert.equal(written(habits), '\uFEFFPM2,5 7,20 µg/Nm3 20260115083000 00\r');
  assert.equal(written({ quietStatus: true }), 'PM2,5\t7.20\tµg/Nm3\t20260115083000\r\n');
  assert.equal(written({ quietStatus: true }, '01'), 'PM2,5\t7.20\tµg/Nm3\t20260115083000\t01\r\n');
});

test('a file of no reading is empty', () => {
  assert.equal(writeStationFile([], format).length, 0);
});
