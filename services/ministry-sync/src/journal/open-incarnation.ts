import { Fault } from '@quantrac/event-sourcing';
import { emptyRoot, hashToHex, rootOf } from '@quantrac/journal';
import { edgeOf, type JournalStore, rootAt } from '@quantrac/journal-store';
import { carriedFrom, type Extent, type NodeJournal, newestOf, type Opening } from '../domain/node-journal.ts';
import type { Ministry } from '../link/ministry.ts';
import { journalName } from './begin-incarnation.ts';

export interface OpenOptions {
  readonly journals: JournalStore;
  readonly node: string;
  readonly ministry: Ministry;
}

/** How the next incarnation begins: where both sides agree last, where each stands, and what the ministry lacks. */
export async function openingAfter(
  state: NodeJournal,
  said: Pick<Opening, 'everything' | 'reason' | 'by' | 'at'>,
  { journals, node, ministry }: OpenOptions,
): Promise<Opening> {
  if (!state.stopped)
    throw Fault.rejected('ReplicationNotStopped', 'replication goes on: a new incarnation is for when it has stopped');
  const own = newestOf(state);
  const { newest } = await ministry.held(node, own, 0);
  const theirs = newest === 0 ? { size: 0, root: emptyRoot } : await ministry.held(node, newest, 0);
  const shared = state.sections.some(({ incarnation }) => incarnation === newest);
  const size = shared
    ? await commonSize(journalName(node, newest), newest, theirs.size, { journals, node, ministry })
    : 0;
  const sizes = new Map<number, number>();
  for (const { incarnation } of state.sections)
    sizes.set(incarnation, await journals.size(journalName(node, incarnation)));
  const common = { incarnation: newest, size };
  // What the ministry has of an incarnation that is not ours says nothing about ours.
  const agreed = shared ? common : { incarnation: 0, size: 0 };
  return {
    incarnation: Math.max(own, newest) + 1,
    common: { ...common, root: hashToHex((await rootAt(journals, journalName(node, newest), size)) ?? emptyRoot) },
    here: await extentOf(journals, node, own),
    there: { incarnation: newest, size: theirs.size, root: hashToHex(theirs.root) },
    carried: said.everything ? [] : carriedFrom(state.sections, sizes, agreed),
    ...said,
  };
}

/** The largest size at which both journals have the same root: from there on their roots never agree again. */
async function commonSize(
  journal: string,
  incarnation: number,
  theirSize: number,
  { journals, node, ministry }: OpenOptions,
): Promise<number> {
  let agreed = 0;
  let open = Math.min(await journals.size(journal), theirSize);
  while (agreed < open) {
    const size = Math.ceil((agreed + open) / 2);
    const there = (await ministry.held(node, incarnation, size)).rootAt;
    if (there !== undefined && there === (await rootAt(journals, journal, size))) agreed = size;
    else open = size - 1;
  }
  return agreed;
}

async function extentOf(journals: JournalStore, node: string, incarnation: number): Promise<Extent> {
  const edge = await edgeOf(journals, journalName(node, incarnation));
  return { incarnation, size: edge.size, root: hashToHex(rootOf(edge)) };
}
