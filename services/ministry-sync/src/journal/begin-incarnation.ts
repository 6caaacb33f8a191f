import { sequenceOf } from '@quantrac/contracts';
import type { IncarnationOpened } from '@quantrac/contracts/replication';
import type { Positions } from '@quantrac/event-log';
import { decodeBlock } from '@quantrac/journal';
import type { JournalStore } from '@quantrac/journal-store';
import type { NodeJournal, Opening } from '../domain/node-journal.ts';
import { newestOf } from '../domain/node-journal.ts';
import { OutboundJournal, type Outgoing } from './outbound-journal.ts';

export interface BeginOptions {
  readonly journals: JournalStore;
  readonly node: string;
  readonly blockRecords: number;
  /** Topics that are read from. */
  readonly topics: readonly string[];
}

const READ_BYTES = 1_000_000;
/** A mark of no log: the reader is told that its position is lost, and reads History. */
const NOWHERE = 'from History';

export const journalName = (node: string, incarnation: number): string => `${node}/${incarnation}`;

/** The newest incarnation, ready to grow: begun with its opening and with what is carried over, where that is not done yet. */
export async function beginIncarnation(state: NodeJournal, options: BeginOptions): Promise<OutboundJournal> {
  const { journals, node, blockRecords } = options;
  const journal = await OutboundJournal.open(journals, journalName(node, newestOf(state)), blockRecords);
  const { opening } = state;
  if (!opening) return journal;
  const positions = await positionsAfter(opening, options);
  if (journal.size === 0) await journal.take([openingRecord(opening, node)], positions);
  let done = journal.size - 1;
  for (const { incarnation, from, to } of opening.carried) {
    const count = to - from + 1;
    const rest = from + Math.min(done, count);
    await carryOver(journal, { name: journalName(node, incarnation), from: rest, to }, positions, options);
    done = Math.max(0, done - count);
  }
  return journal;
}

/** The new journal goes on in the topics where the old one was, or at the beginning of all that there is. */
async function positionsAfter(
  { here, everything }: Opening,
  { journals, node, topics }: BeginOptions,
): Promise<Positions> {
  if (everything) return Object.fromEntries(topics.map((topic) => [topic, NOWHERE]));
  return (await journals.head(journalName(node, here.incarnation)))?.positions ?? {};
}

function openingRecord(opening: Opening, node: string): Outgoing {
  const { incarnation, common, here, there, reason, by, at } = opening;
  const record: IncarnationOpened = { node, incarnation, common, here, there, reason, by, knownAt: at };
  return {
    type: 'IncarnationOpened',
    key: node,
    sequence: sequenceOf(0, incarnation, 0),
    knownAt: at,
    payload: Buffer.from(JSON.stringify(record)),
  };
}

async function carryOver(
  journal: OutboundJournal,
  source: { readonly name: string; readonly from: number; readonly to: number },
  positions: Positions,
  { journals }: BeginOptions,
): Promise<void> {
  for (let from = source.from; from <= source.to; ) {
    const blocks = await journals.blocks(source.name, from, READ_BYTES);
    if (blocks.length === 0) throw new Error(`${source.name} has no record ${from} that is to be carried over`);
    for (const { first, count, block } of blocks) {
      const records = (await decodeBlock(block)).filter(({ leaf }) => leaf.number >= from && leaf.number <= source.to);
      await journal.take(
        records.map(({ leaf, payload }) => ({ ...leaf, payload })),
        positions,
      );
      from = first + count;
    }
  }
}
