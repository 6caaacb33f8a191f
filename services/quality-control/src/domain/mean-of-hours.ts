import { meanOf, sumOf } from '@quantrac/regulations';
import { captureOf, type Mean, reasonFor } from './mean.ts';

export interface HourlyMean {
  /** The instant that ends the hour. */
  readonly end: number;
  /** The schedule asks for readings in it. */
  readonly expected: boolean;
  readonly received: boolean;
  /** null: the hour has no mean. */
  readonly value: string | null;
}

export interface MeanOfHours {
  readonly length: '8h' | '24h';
  readonly unit: string;
  readonly percent: number;
}

/** Mean of the hourly means of 8 hours running (QCVN 05) or of a Vietnamese day; capture is counted in hours. */
export function meanOfHours(hours: readonly HourlyMean[], { length, unit, percent }: MeanOfHours): Mean {
  const values = hours.flatMap(({ value }) => value ?? []);
  const expected = hours.filter((hour) => hour.expected).length;
  const most = (count: number) => (expected === 0 ? count : Math.min(count, expected));
  const received = most(hours.filter((hour) => hour.received).length);
  const capture = { expected, received, valid: most(values.length), percent };
  const reason = reasonFor(capture);
  return {
    value: reason ? null : meanOf(values)!,
    sum: values.length === 0 ? null : sumOf(values),
    ...(reason && { reason }),
    expected,
    received,
    valid: capture.valid,
    ...(values.length !== capture.valid && { members: values.length }),
    dataCapture: captureOf(capture),
    capturePercent: percent,
    basis: [
      `${length} ${unit} ${expected} ${percent}`,
      ...hours.map(({ end, received: came, value }) => `${end} ${value ?? (came ? 'no mean' : '')}`),
    ].join('\n'),
  };
}
