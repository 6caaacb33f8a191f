import { formatLocalStamp } from '@quantrac/regulations';

/** How a station lays out its folders, as the ministry's software numbers them (REGULATION 1.3); 1 is its default. */
export type FolderLayout = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export const folderLayouts: readonly FolderLayout[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Whose folder a file lies in; what date the folder says never matters. */
export interface FolderedFile {
  /** The first folder, in NFC; undefined for a file that lies in none, or in folders of a date alone. */
  readonly stationCode: string | undefined;
  readonly fileName: string;
}

/** Station folder and dates below it, `/` between, for the local day of `ms` (UTC). */
export function folderOf(layout: FolderLayout, stationCode: string, ms: number): string {
  const stamp = formatLocalStamp(ms);
  const dated = datedFolders[layout](stamp.slice(0, 4), stamp.slice(4, 6), stamp.slice(6, 8));
  return dated === '' ? stationCode : `${stationCode}/${dated}`;
}

/** Reads a path that `safeRelativePath` gave. */
export function folderedFile(path: string): FolderedFile {
  const nameAt = path.lastIndexOf('/') + 1;
  const folders = path.slice(0, Math.max(nameAt - 1, 0)).normalize('NFC');
  const [first] = folders.split('/', 1);
  const stationCode = folders === '' || datesAlone.test(folders) ? undefined : first;
  return { stationCode, fileName: path.slice(nameAt) };
}

const datedFolders: Record<FolderLayout, (year: string, month: string, day: string) => string> = {
  1: (year, month, day) => `${year}/${month}/${day}`,
  2: () => '',
  3: (year, month, day) => `${year}${month}${day}`,
  4: (year, month, day) => `${year}/Thang${month}/${year}${month}${day}`,
  5: (year, month, day) => `${year}/Thang${month}/Ngay${day}`,
  6: (year, month, day) => `${year}-${month}-${day}`,
  7: (year, month, day) => `${year}/Thang${month}/${day}${month}${year}`,
  8: (year, month, day) => `${year}_${month}_${day}`,
  9: (year, month, day) => `${year}/${month}/${day}${month}${year}`,
  10: (year, month, day) => `Nam ${year}/thang ${month}/ngay ${day}`,
};

/** An account of one station may begin at the date: that folder is no station's code. */
const datesAlone = new RegExp(
  `^(?:${folderLayouts
    .filter((layout) => layout !== 2)
    .map((layout) => datedFolders[layout]('\\d{4}', '\\d{2}', '\\d{2}'))
    .join('|')})$`,
  'i',
);
