import type { StationRecorded } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';

const LOOK_MS = 50;
const PATIENCE_MS = 60_000;
const PAGE = 10_000;

/** Resolves when ingestion matches files by all that the registry has now. Throws the Fault `StationsUnknown`. */
export async function stationsKnown(registry: Peer, ingestion: Peer): Promise<void> {
  const wanted = await changesOf(registry);
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause()) {
    const [known] = await ingestion.query<{ changes: number }>('known', {});
    if (known!.changes >= wanted) return;
  }
  throw Fault.unavailable('StationsUnknown', 'ingestion has not heard of every registered station within a minute');
}

async function changesOf(registry: Peer): Promise<number> {
  let changes = 0;
  for (let after: string | undefined; ; ) {
    const stations = await registry.query<StationRecorded>('stations', { limit: PAGE, ...(after && { after }) });
    changes += stations.reduce((sum, { version }) => sum + version, 0);
    if (stations.length < PAGE) return changes;
    after = stations.at(-1)!.station;
  }
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
