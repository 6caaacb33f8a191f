import { formatLocalStamp } from '@quantrac/regulations';

export interface FileLine {
  readonly symbol: string;
  readonly value: string;
  readonly unit?: string;
  readonly status?: string;
}

const unitOf: Readonly<Record<string, string>> = { pH: '-', Temp: 'oC' };

/** A file of TT 10/2021 in its usual layout: symbol, value, unit, time, status. */
export const stationFile = (time: number, lines: readonly FileLine[]): string =>
  lines
    .map(({ symbol, value, unit = unitOf[symbol] ?? 'mg/L', status = '00' }) =>
      [symbol, value, unit, formatLocalStamp(time), status].join('\t'),
    )
    .join('\r\n')
    .concat('\r\n');

export const stationFileName = (prefix: string, time: number): string => `${prefix}_${formatLocalStamp(time)}.txt`;
