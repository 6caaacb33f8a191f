import { type FileFormat, type FileReading, lineOf, writeStationFile } from './station-file.ts';

/** Bytes as a failing card or modem leaves them: NUL and no UTF-8. */
const noise = Uint8Array.of(0x00, 0xff, 0x13, 0xc0, 0x80, 0x00, 0x41);

/** So many channels a broken file does not give; their lines, and one of noise, are held. */
export const brokenChannels = 3;

/** All but the last three channels are whole; then a text as value, a status that nobody knows, noise, and a cut. */
export function writeBrokenFile(readings: readonly FileReading[], format: FileFormat): Uint8Array {
  const [text, status, cut] = readings.slice(-brokenChannels) as [FileReading, FileReading, FileReading];
  const whole = writeStationFile(readings.slice(0, -brokenChannels), format);
  const end = format.lineEnd;
  return Buffer.concat([
    whole,
    Buffer.from(lineOf({ ...text, value: 'ERR' }, format) + end),
    Buffer.from(lineOf({ ...status, status: '07' }, format) + end),
    noise,
    Buffer.from(end),
    Buffer.from(`${cut.symbol}${format.separator}${cut.value}`),
  ]);
}
