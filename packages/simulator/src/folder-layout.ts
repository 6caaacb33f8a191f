/** How a logger lays out its folders, as the ministry's software numbers them (REGULATION 1.3). */
export type FolderLayout = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** The folder of a station for a local day given as `yyyyMMdd...`. */
export function folderFor(layout: FolderLayout, code: string, stamp: string): string {
  const [year, month, day] = [stamp.slice(0, 4), stamp.slice(4, 6), stamp.slice(6, 8)];
  switch (layout) {
    case 1:
      return `${code}/${year}/${month}/${day}`;
    case 2:
      return code;
    case 3:
      return `${code}/${year}${month}${day}`;
    case 4:
      return `${code}/${year}/Thang${month}/${year}${month}${day}`;
    case 5:
      return `${code}/${year}/Thang${month}/Ngay${day}`;
    case 6:
      return `${code}/${year}-${month}-${day}`;
    case 7:
      return `${code}/${year}/Thang${month}/${day}${month}${year}`;
    case 8:
      return `${code}/${year}_${month}_${day}`;
    case 9:
      return `${code}/${year}/${month}/${day}${month}${year}`;
    case 10:
      return `${code}/Nam ${year}/thang ${month}/ngay ${day}`;
  }
}
