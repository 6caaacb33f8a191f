import { asking } from '../asker.ts';

interface Difference {
  readonly difference: string;
  readonly collection: string;
  readonly station: string;
  readonly hour: string;
  readonly type: string;
  readonly series: string;
  readonly version: number;
}

/** What is compared; instants, left out: all. */
export interface VerifyRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly station?: string | undefined;
}

/** A year of a big province is read in this time. */
const WITHIN_MS = 12 * 3_600_000;

/** Compares what the node's services hold with the national copy, fact by fact; true when they are equal. */
export async function verify(data: string, range: VerifyRange): Promise<boolean> {
  const differences = await asking(data, 'ministry-sync', (sync) =>
    sync.query<Difference>('compare', range, { withinMs: WITHIN_MS }),
  );
  for (const { difference, collection, station, hour, type, series, version } of differences)
    process.stdout.write(
      `${difference}: ${collection} ${station} ${hour || '-'} ${type} ${series} version ${version}\n`,
    );
  process.stdout.write(
    differences.length === 0 ? 'the national copy equals this node\n' : `${differences.length} differences\n`,
  );
  return differences.length === 0;
}
