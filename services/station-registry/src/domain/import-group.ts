import { isSame } from './same.ts';
import { type Column, type ImportFault, type ReadRow, type StationRow, stationColumns } from './station-csv.ts';

/** The lines of one station. */
export interface RowGroup {
  readonly first: ReadRow;
  readonly rows: readonly ReadRow[];
  /** A cell of it could not be read. */
  readonly faulty: boolean;
}

const columns = Object.keys(stationColumns) as readonly (keyof typeof stationColumns)[];

/**
 * Lines of one station carry its id, or all the same station cells where it has none yet; a line whose station cells are
 * empty goes on with the station above.
 */
export const groupsOf = (
  rows: readonly ReadRow[],
): { readonly groups: readonly RowGroup[]; readonly faults: readonly ImportFault[] } => {
  const faults: ImportFault[] = [];
  const groups = new Map<string, ReadRow[]>();
  let above: ReadRow[] | undefined;
  for (const read of rows) {
    const key = keyOf(read);
    const group: ReadRow[] | undefined = key === '' ? above : (groups.get(key) ?? []);
    if (group === undefined) {
      faults.push({ line: read.line, column: 'name', message: 'no station stands above: write its name and kind' });
      continue;
    }
    if (group[0] && key !== '') faults.push(...differences(group[0], read));
    group.push(read);
    if (key !== '') groups.set(key, group);
    above = group;
  }
  return { groups: [...groups.values()].map(grouped), faults };
};

const grouped = (rows: readonly ReadRow[]): RowGroup => ({
  first: rows[0]!,
  rows,
  faulty: rows.some((read) => read.faulty || differences(rows[0]!, read).length > 0),
});

const stationCells = (row: StationRow) => columns.map((column) => row[column]);

const keyOf = ({ row, unread }: ReadRow): string => {
  if (row.station !== undefined) return row.station;
  const cells = stationCells(row);
  const empty = cells.every((cell) => cell === undefined) && !columns.some((column) => unread.has(column));
  return empty ? '' : JSON.stringify(cells);
};

/** Station cells that say otherwise than the station's first line; one left empty says nothing. */
const differences = (first: ReadRow, { line, row, unread }: ReadRow): readonly ImportFault[] =>
  columns
    .filter((column) => row[column] !== undefined && !isSame(row[column], first.row[column]))
    .filter((column: Column) => !unread.has(column) && !first.unread.has(column))
    .map((column) => ({ line, column, message: `line ${first.line} says otherwise: say the same, or leave it empty` }));
