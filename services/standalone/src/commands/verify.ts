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

/** Compares what the node's services hold with the national copy, fact by fact; true when they are equal. */
export async function verify(data: string): Promise<boolean> {
  const differences = await asking(data, 'ministry-sync', (sync) =>
    sync.query<Difference>('compare', {}, { withinMs: 600_000 }),
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
