import type { Connection } from '@quantrac/sqlite';
import type { RowChunks, ValuePlace } from './row-chunks.ts';
import { hourOf, type Owner, type StoredRow } from './series-tables.ts';

/** A row that lies in no block yet. */
export type NewRow = Omit<StoredRow, 'value'> & ValuePlace & { readonly id: number };

/** Reads of new rows: hours in which there are any are gone through one by one, and the key is looked for in each. */
export interface NewRows {
  /** Of one series, ascending by time and version. */
  readonly ofSeries: (owner: Owner, series: number, from: number, to: number) => Iterable<StoredRow>;
  /** Of all series, hour after hour. */
  readonly ofKey: (owner: Owner, from: number, to: number) => Iterable<StoredRow>;
  readonly ofHour: (owner: Owner, hour: number) => readonly NewRow[];
  /** The newest row of a series, at its highest version. */
  readonly newest: (owner: Owner, series: number) => StoredRow | undefined;
  /** While it works nothing is read twice: for many reads of few owners in one moment. */
  readonly together: <Result>(work: () => Result) => Result;
}

/** What was read in one moment. */
interface Memory {
  readonly hours: Map<number, readonly number[]>;
  /** By collection, key and hour. */
  readonly rows: Map<string, readonly NewRow[]>;
}

const FIRST_HOUR = -2_000_000_000;
const LAST_HOUR = 2_000_000_000;

/** `+?`: where a bare `?` is compared, SQLite (STAT4) may plan by its value, and plans the statement anew at every call: ten times the cost. */
export function newRows(connection: Connection, chunks: RowChunks): NewRows {
  const hourFrom = connection
    .prepare<[number, number], number | null>('SELECT min(hour) FROM series_rows WHERE collection = +? AND hour >= +?')
    .pluck();
  const hourBefore = connection
    .prepare<[number, number], number | null>('SELECT max(hour) FROM series_rows WHERE collection = +? AND hour < ?')
    .pluck();
  const inHour = connection.prepare<[number, number, number], NewRow>(
    'SELECT * FROM series_rows WHERE collection = +? AND hour = +? AND key = +? ORDER BY series, time, version',
  );
  const ofSeriesInHour = connection.prepare<[number, number, number, number], NewRow>(
    'SELECT * FROM series_rows WHERE collection = +? AND hour = +? AND key = +? AND series = +? ORDER BY time, version',
  );
  const newestInHour = connection.prepare<[number, number, number, number], NewRow>(
    `SELECT * FROM series_rows WHERE collection = +? AND hour = +? AND key = +? AND series = +?
     ORDER BY time DESC, version DESC LIMIT 1`,
  );
  const stored = (row: NewRow): StoredRow => ({ ...row, value: chunks.valueOf(row) });

  let memory: Memory | undefined;

  function* hoursOf(collection: number, from: number, last: number): Iterable<number> {
    for (let hour = hourFrom.get(collection, from); ; hour = hourFrom.get(collection, hour + 1)) {
      if (hour === null || hour === undefined || hour > last) return;
      yield hour;
    }
  }
  const allHours = ({ hours }: Memory, collection: number): readonly number[] => {
    const known = hours.get(collection) ?? [...hoursOf(collection, FIRST_HOUR, LAST_HOUR)];
    hours.set(collection, known);
    return known;
  };
  const hoursWithin = (collection: number, from: number, to: number): Iterable<number> => {
    const [first, last] = [Math.max(hourOf(from), FIRST_HOUR), Math.min(hourOf(to), LAST_HOUR)];
    if (!memory) return hoursOf(collection, first, last);
    return allHours(memory, collection).filter((hour) => hour >= first && hour <= last);
  };
  const rowsOfHour = ({ rows }: Memory, { collection, key }: Owner, hour: number): readonly NewRow[] => {
    const name = `${collection}/${key}/${hour}`;
    const known = rows.get(name) ?? inHour.all(collection, hour, key);
    rows.set(name, known);
    return known;
  };
  const seriesInHour = (owner: Owner, hour: number, series: number): readonly NewRow[] =>
    memory
      ? rowsOfHour(memory, owner, hour).filter((row) => row.series === series)
      : ofSeriesInHour.all(owner.collection, hour, owner.key, series);

  return {
    *ofSeries(owner, series, from, to) {
      for (const hour of hoursWithin(owner.collection, from, to))
        for (const row of seriesInHour(owner, hour, series)) if (row.time >= from && row.time < to) yield stored(row);
    },
    *ofKey({ collection, key }, from, to) {
      for (const hour of hoursWithin(collection, from, to))
        for (const row of inHour.all(collection, hour, key)) if (row.time >= from && row.time < to) yield stored(row);
    },
    ofHour: ({ collection, key }, hour) => inHour.all(collection, hour, key),
    newest({ collection, key }, series) {
      for (let before = LAST_HOUR; ; ) {
        const hour = hourBefore.get(collection, before);
        if (hour === null || hour === undefined) return undefined;
        const row = newestInHour.get(collection, hour, key, series);
        if (row) return stored(row);
        before = hour;
      }
    },
    together(work) {
      memory = { hours: new Map(), rows: new Map() };
      try {
        return work();
      } finally {
        memory = undefined;
      }
    },
  };
}
