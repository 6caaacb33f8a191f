import { setTimeout as sleep } from 'node:timers/promises';
import type { StationRecorded } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import { isFault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';
import { HELD_DOCUMENTS, type HeldDocument, heldIndexes } from '../domain/held-file.ts';
import { comparedFolder, comparedPrefix } from '../domain/station-directory.ts';
import type { StationChange } from './live-directory.ts';

export const heldFiles: Collection<HeldDocument> = { name: HELD_DOCUMENTS, indexes: heldIndexes };

/** Takes held files in, once what they wait for is registered. */
export interface Releases {
  changed(changes: readonly StationChange[]): void;
  /** At a start, when nobody knows what has changed since. */
  everything(): void;
  /** A file was held by a register that has changed meanwhile. */
  again(held: string): void;
  /** Resolves when nothing is left to look at. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

type WaitingIndex = 'waitsForStation' | 'waitsForPrefix' | 'waitsForFolder' | 'waitsForAccount';

/** So many are read together, so that they share commits and leave room for what arrives. */
const TOGETHER = 100;
const AGAIN_AFTER_MS = 1000;

export function openReleases(
  documents: DocumentStore,
  release: (document: HeldDocument) => Promise<unknown>,
  log: Logger,
): Releases {
  /** By station, the records that it had since the last look, the newest last: a name that was removed may free a file too. */
  const stations = new Map<string, readonly StationRecorded[]>();
  const files = new Set<string>();
  let everything = false;
  let working: Promise<void> | undefined;
  const stopping = new AbortController();

  const releaseEach = (held: readonly HeldDocument[]) =>
    Promise.all(
      held.map((document) =>
        release(document).catch((error) => {
          if (isFault(error) && error.kind === 'unavailable') throw error;
          log.error({ error, held: document.held }, 'a held file could not be read again');
        }),
      ),
    );
  const look = async () => {
    const again = [...files];
    await releaseEach(await openOnes(documents, again));
    for (const held of again) files.delete(held);
    const all = everything;
    const changed = [...stations.values()];
    const pages = all ? pagesOf(documents, 'open', 'held') : waitingFor(documents, changed.flat());
    for await (const page of pages) {
      if (stopping.signal.aborted) return;
      await releaseEach(page);
    }
    if (all) everything = false;
    for (const records of changed)
      if (stations.get(records[0]!.station) === records) stations.delete(records[0]!.station);
  };
  const work = async () => {
    // not before `working` is set: it is unset here
    await Promise.resolve();
    while ((everything || stations.size > 0 || files.size > 0) && !stopping.signal.aborted)
      await look().catch(async (error) => {
        log.warn({ error }, 'held files wait: they are read again shortly');
        await sleep(AGAIN_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => {});
      });
    working = undefined;
  };
  const begin = () => {
    working ??= work();
  };

  return {
    changed(changes) {
      for (const { before, record } of changes) {
        const known = stations.get(record.station) ?? (before ? [before] : []);
        stations.set(record.station, [...known, record]);
      }
      begin();
    },
    everything() {
      everything = true;
      begin();
    },
    again(held) {
      files.add(held);
      begin();
    },
    async idle() {
      await working;
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/** Whether a file was held because no station takes it; `same` names its account, path and bytes: what two accounts send is two files. */
export const isHeld = async (documents: DocumentStore, same: string): Promise<boolean> =>
  (await documents.find(heldFiles, 'same', { equals: [same], limit: 1 })).length > 0;

/** As it was read, at its version. */
export const isUnchanged = async (documents: DocumentStore, { held, version }: HeldDocument): Promise<boolean> =>
  (await documents.get(heldFiles, held))?.document.version === version;

/** Of those held files that are still open. */
const openOnes = async (documents: DocumentStore, held: readonly string[]): Promise<readonly HeldDocument[]> =>
  (await documents.getMany(heldFiles, held)).map(({ document }) => document).filter(({ state }) => state === 'held');

/** What these records of stations may have freed, page by page. */
async function* waitingFor(
  documents: DocumentStore,
  changed: readonly StationRecorded[],
): AsyncIterable<readonly HeldDocument[]> {
  for (const [index, values] of Object.entries(waitedFor(changed)))
    for (const value of values) yield* pagesOf(documents, index as WaitingIndex, value);
}

const waitedFor = (changed: readonly StationRecorded[]): Record<WaitingIndex, ReadonlySet<string>> => ({
  waitsForPrefix: new Set(changed.flatMap(({ prefixes }) => prefixes.map(comparedPrefix))),
  waitsForFolder: new Set(changed.flatMap(({ folder }) => (folder ? [comparedFolder(folder.code)] : []))),
  waitsForAccount: new Set(changed.flatMap(({ accounts }) => accounts)),
  waitsForStation: new Set(changed.map(({ station }) => station)),
});

/** Held files by an index whose second field is `held`; never more than a page of them in memory. */
export async function* pagesOf(
  documents: DocumentStore,
  index: WaitingIndex | 'open',
  value: string,
  after = '',
): AsyncIterable<readonly HeldDocument[]> {
  for (let last = after; ; ) {
    const page = await documents.find(heldFiles, index, { equals: [value], from: afterId(last), limit: TOGETHER });
    if (page.length === 0) return;
    yield page.map(({ document }) => document);
    last = page.at(-1)!.document.held;
  }
}

/** The least text above an id. */
const afterId = (held: string): string => (held === '' ? '' : `${held} `);
