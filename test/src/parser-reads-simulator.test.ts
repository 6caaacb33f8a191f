import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFileName } from '@quantrac/ingestion/domain/file-name';
import { folderedFile } from '@quantrac/ingestion/domain/folder-layout';
import { parseStationFile } from '@quantrac/ingestion/domain/station-file';
import { type FileFormat, type FileReading, simulate, writeStationFile } from '@quantrac/simulator';
import fc from 'fast-check';

const format: fc.Arbitrary<FileFormat> = fc.record({
  layout: fc.constantFrom(1, 2, 3, 4),
  separator: fc.constantFrom('\t', ' ', '  '),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  decimalMark: fc.constantFrom('.', ','),
  byteOrderMark: fc.boolean(),
  quietStatus: fc.boolean(),
});

const reading: fc.Arbitrary<FileReading> = fc.record({
  symbol: fc.constantFrom('pH', 'PM2,5', 'PM 10', 'Flow_in', 'Water Level', 'Lưu lượng', 'NO2'),
  value: fc.integer({ min: -99_999, max: 999_999 }).map((digits) => (digits / 100).toFixed(2)),
  unit: fc.constantFrom('-', 'mg/L', 'µg/Nm3', 'm³/h', '°C', 'độ C'),
  time: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
  status: fc.constantFrom('00', '01', '02'),
});

test('what the simulator writes is read back exactly, in any layout', () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 12 }), format, (readings, format) => {
      const { lines, faults } = parseStationFile(writeStationFile(readings, format));
      assert.deepEqual(faults, []);
      assert.deepEqual(
        lines.map(({ symbol, value, unit, time, status }) => ({ symbol, value, unit, time, status })),
        readings.map((reading) => ({
          ...reading,
          unit: format.layout < 3 ? reading.unit : '',
          status: format.layout === 1 || format.layout === 4 ? reading.status : '00',
        })),
      );
    }),
    { numRuns: 500 },
  );
});

test('of a simulated day the parser reads every line but those that were meant to be broken', () => {
  const simulation = simulate({ stations: 24, hours: 24, start: Date.UTC(2026, 0, 14, 17), channels: 10 });
  const { stations, unknownStations, tally, faults } = simulation.describe();
  const known = new Map([...stations, ...unknownStations].map((station) => [station.code, station]));
  const wrongUnit = faults.find(({ kind }) => kind === 'unknown-unit')!;
  const distinct = new Set<string>();
  const reasons: string[] = [];
  for (const { path, bytes, stationCode } of simulation.deliveries()) {
    const { fileName, stationCode: folder } = folderedFile(path);
    const { prefix, time: nameTime } = parseFileName(fileName);
    assert.deepEqual([folder, prefix], [stationCode, known.get(stationCode)?.prefix]);
    const parsed = parseStationFile(bytes, { nameTime });
    reasons.push(...parsed.faults.map(({ reason }) => reason));
    if (unknownStations.some(({ code }) => code === stationCode)) continue;
    for (const { symbol, time } of parsed.lines)
      if (time === nameTime) distinct.add(`${stationCode} ${symbol} ${time}`);
  }
  distinct.delete(`${wrongUnit.stationCode} ${wrongUnit.channel} ${wrongUnit.from}`);
  assert.equal(distinct.size, tally.readings.distinct);
  assert.deepEqual(reasons.toSorted(), ['ControlCharacter', 'LineCut', 'StatusUnknown', 'ValueNotANumber']);
});
