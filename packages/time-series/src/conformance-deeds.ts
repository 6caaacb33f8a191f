import type { Deeds } from '@quantrac/conformance/perform-deed';
import type { Row, TimeSeries } from './time-series.ts';

export const HOUR = 3_600_000;
export const start = Date.UTC(2026, 0, 15);

let sequences = 0;

/** A row whose value tells which one it is. */
export const row = (differing: Partial<Row> = {}): Row => {
  const { collection = 'checked', key = 'station/a', series = 'set', time = start, version = 1 } = differing;
  const sequence = `0001.${String(++sequences).padStart(12, '0')}.000000`;
  const value = Buffer.from(`{"${key} ${series} ${time}":${version}}`);
  return { collection, key, series, time, version, knownAt: time, type: 'SetChecked', sequence, value, ...differing };
};

/** A day of sets, one every ten minutes. */
export const day = (differing: Partial<Row> = {}): Row[] =>
  Array.from({ length: 144 }, (_, n) => row({ ...differing, time: start + n * (HOUR / 6) }));

/** What the conformance test lets another process do. */
export const deeds: Deeds<TimeSeries> = {
  /** Inserts rows of following times without an end and says how many are acknowledged. */
  async insertForEver(store, key: string, { say }) {
    for (let n = 0; ; n += 5) {
      const rows = Array.from({ length: 5 }, (_, i) => row({ key, time: start + (n + i) * HOUR }));
      await store.insert(rows);
      say(n + 5);
    }
  },

  /** Inserts a day, row by row, and answers how many were new. */
  async insertDay(store, key: string, { say }) {
    say('begins');
    let inserted = 0;
    for (const one of day({ key })) inserted += await store.insert([one]);
    say(inserted);
  },
};
