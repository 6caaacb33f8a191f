import { type StationRecorded, topics } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import { type Message, type Processor, positionsCollection } from '@quantrac/stream-processing';
import { type StationDirectory, stationDirectory } from '../domain/station-directory.ts';

const STATIONS = 'stations';
const stations: Collection<StationRecorded> = { name: STATIONS };
const LOOK_MS = 50;

/** Keeps the newest record of each station as a document, so that every instance finds it after a start. */
export const directoryProcessor: Processor<Record<string, never>> = {
  name: 'station-directory',
  inputs: [topics.stations],
  initial: {},
  documents: { [STATIONS]: {} },
  decide: (state, { key, data }: Message) => ({
    state,
    outputs: [{ kind: 'document', collection: STATIONS, documentKey: key, document: data }],
  }),
};

export interface LiveDirectory {
  current(): StationDirectory;
  /** Looks at once. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** A station's record and the one before it, by whose names held files may have waited too. */
export interface StationChange {
  readonly before: StationRecorded | undefined;
  readonly record: StationRecorded;
}

/** The directory in memory, following the documents; `changed` is told which stations are new or have another record. */
export async function followStations(
  documents: DocumentStore,
  changed: (changes: readonly StationChange[]) => void,
): Promise<LiveDirectory> {
  let records = new Map<string, StationRecorded>();
  let directory = stationDirectory([]);
  let seen = -1;
  let stopping = false;
  const refresh = async () => {
    const position = await documents.get(positionsCollection, directoryProcessor.name);
    if (position?.revision === seen) return;
    const next = new Map((await allStations(documents)).map((record) => [record.station, record]));
    const moved: StationChange[] = [];
    for (const [id, record] of next) {
      const before = records.get(id);
      if (before && isSameRecord(before, record)) next.set(id, before);
      else moved.push({ before, record });
    }
    seen = position?.revision ?? -1;
    records = next;
    directory = stationDirectory([...records.values()]);
    if (moved.length > 0) changed(moved);
  };
  await refresh();
  const following = (async () => {
    while (!stopping) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (!stopping) await refresh().catch(() => undefined);
    }
  })();
  return {
    current: () => directory,
    refresh,
    async stop() {
      stopping = true;
      await following;
    },
  };
}

/** A registry restored from a copy gives a version a second time, to another record. */
const isSameRecord = (one: StationRecorded, other: StationRecorded): boolean =>
  one.version === other.version && one.knownAt === other.knownAt && one.cause === other.cause;

async function allStations(documents: DocumentStore): Promise<StationRecorded[]> {
  const found: StationRecorded[] = [];
  for (
    let page = await documents.list(stations);
    page.length > 0;
    page = await documents.list(stations, { after: page.at(-1)!.key })
  )
    for (const { document } of page) if (document.station) found.push(document);
  return found;
}
