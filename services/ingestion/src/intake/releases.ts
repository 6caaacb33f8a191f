import type { StationRecorded } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import { HELD_DOCUMENTS, type HeldDocument } from '../domain/intake.ts';

export const heldFiles: Collection<HeldDocument> = {
  name: HELD_DOCUMENTS,
  indexes: { state: ['state', 'reason'], station: ['station', 'state'] },
};

const AT_ONCE = 200;

/** What registering a station, prefix, name or unit may have freed. */
export async function heldThatMayBeFree(
  documents: DocumentStore,
  changed: readonly StationRecorded[],
): Promise<readonly HeldDocument[]> {
  const ofStations = await Promise.all(
    changed.map(({ station }) => documents.find(heldFiles, 'station', { equals: [station, 'held'], limit: 10_000 })),
  );
  const ofNobody = await Promise.all(
    ['StationUnknown', 'StationsDisagree', 'AccountDisagrees'].map((reason) =>
      documents.find(heldFiles, 'state', { equals: ['held', reason], limit: 10_000 }),
    ),
  );
  return [...ofNobody.flat(), ...ofStations.flat()].map(({ document }) => document).sort((a, b) => a.time - b.time);
}

/** Runs releases one group after another, oldest file first, so that a back-fill is read in its order. */
export async function releaseAll(
  held: readonly HeldDocument[],
  release: (document: HeldDocument) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < held.length; at += AT_ONCE)
    await Promise.all(held.slice(at, at + AT_ONCE).map((document) => release(document)));
}
