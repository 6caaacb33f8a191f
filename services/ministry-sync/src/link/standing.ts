import { isFault } from '@quantrac/event-sourcing';
import type { Hash } from '@quantrac/journal';
import { type JournalStore, rootAt } from '@quantrac/journal-store';
import type { Section } from '../domain/node-journal.ts';
import { journalName } from '../journal/begin-incarnation.ts';
import type { Ministry } from './ministry.ts';

/** What the ministry says that it holds. */
export interface Welcomed {
  readonly incarnation: number;
  readonly size: number;
  readonly root: Hash;
}

/** Why replication stops, told to both sides. */
export interface StopReason {
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

/** Where sending goes on: the section by its place in the chain, and the number of the next record. */
export interface Place {
  readonly section: number;
  readonly next: number;
}

/** Compares what the ministry holds with the node's sections; only what it holds as we do can be continued. */
export async function placeBehind(
  { incarnation, size, root }: Welcomed,
  sections: readonly Section[],
  journals: JournalStore,
  node: string,
): Promise<Place | StopReason> {
  if (incarnation === 0) return { section: 0, next: 1 };
  const section = sections.findIndex((one) => one.incarnation === incarnation);
  if (section < 0)
    return {
      code: 'IncarnationUnknown',
      message: `the ministry holds incarnation ${incarnation} of ${node}, which this node does not know: it was restored`,
      at: size,
    };
  const journal = journalName(node, incarnation);
  const { end } = sections[section]!;
  const reach = end ?? (await journals.size(journal));
  if (size > reach && end !== undefined) return { section: section + 1, next: 1 };
  if (size > reach)
    return {
      code: 'ReceiverAhead',
      message: `the ministry holds ${size} records, the node ${reach}: the node was restored`,
      at: reach + 1,
    };
  if ((await rootAt(journals, journal, size)) !== root)
    return { code: 'JournalForked', message: `the journals differ at or before record ${size}`, at: size };
  return { section, next: size + 1 };
}

export const isStop = (found: Place | StopReason): found is StopReason => 'code' in found;

/** Whether the ministry, asked again, holds what this node cannot go on from; when it cannot be asked, it is not known. */
export async function stillObjects(
  ministry: Pick<Ministry, 'held'>,
  sections: readonly Section[],
  journals: JournalStore,
  node: string,
): Promise<boolean> {
  try {
    const { newest } = await ministry.held(node, sections.at(-1)!.incarnation, 0);
    const held = await ministry.held(node, newest, 0);
    return isStop(await placeBehind({ incarnation: newest, ...held }, sections, journals, node));
  } catch (error) {
    if (isFault(error)) return false;
    throw error;
  }
}
