/** One line as a logger means it. */
export interface FileReading {
  readonly symbol: string;
  /** With a dot; the format says what is written. */
  readonly value: string;
  readonly unit: string;
  /** ms UTC, by the logger's clock. */
  readonly time: number;
  /** 00 measuring, 01 calibration, 02 device error. */
  readonly status: string;
}

/** How a logger writes its files: the layouts and habits met in the field (REGULATION 1.3). */
export interface FileFormat {
  /** 1 `symbol value unit time status`, 2 `time symbol value unit`, 3 `time symbol value`, 4 `symbol value time status`. */
  readonly layout: 1 | 2 | 3 | 4;
  readonly separator: '\t' | ' ' | '  ';
  readonly lineEnd: '\n' | '\r\n' | '\r';
  readonly decimalMark: '.' | ',';
  readonly byteOrderMark: boolean;
  /** Some loggers write a status only where it is not 00. */
  readonly quietStatus: boolean;
}

const offsetMs = 7 * 3_600_000;

/** The bytes of one TT 10/2021 file, in UTF-8. */
export function writeStationFile(readings: readonly FileReading[], format: FileFormat): Uint8Array {
  let text = format.byteOrderMark ? '\uFEFF' : '';
  for (const reading of readings) text += lineOf(reading, format) + format.lineEnd;
  return Buffer.from(text, 'utf8');
}

/** One line without its end. */
export function lineOf({ symbol, value, unit, time, status }: FileReading, format: FileFormat): string {
  const sep = format.separator;
  const sent = format.decimalMark === ',' ? value.replace('.', ',') : value;
  const stamp = localStamp(time);
  const tail = format.quietStatus && status === '00' ? '' : sep + status;
  switch (format.layout) {
    case 1:
      return symbol + sep + sent + sep + unit + sep + stamp + tail;
    case 2:
      return stamp + sep + symbol + sep + sent + sep + unit;
    case 3:
      return stamp + sep + symbol + sep + sent;
    case 4:
      return symbol + sep + sent + sep + stamp + tail;
  }
}

export const carriesStatus = ({ layout }: FileFormat): boolean => layout === 1 || layout === 4;
export const carriesUnit = ({ layout }: FileFormat): boolean => layout === 1 || layout === 2;

// All lines of a file, and the files of many stations in a row, share their time.
let lastTime = Number.NaN;
let lastStamp = '';

/** `yyyyMMddHHmmss` in UTC+7. */
export function localStamp(time: number): string {
  if (time !== lastTime) {
    lastStamp = new Date(time + offsetMs).toISOString().slice(0, 19).replace(/[-T:]/g, '');
    lastTime = time;
  }
  return lastStamp;
}
