import type { Hello } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { incarnationOpened } from '@quantrac/contracts/replication';
import { decodeBlock, emptyRoot, type Hash, hashFromBytes, hashToHex, rootOf } from '@quantrac/journal';
import { edgeOf, type JournalStore, rootAt } from '@quantrac/journal-store';
import type { Refused } from './verify-block.ts';

/** The newest journal that is held of a node; incarnation 0: none. */
export interface Newest {
  readonly incarnation: number;
  readonly size: number;
  readonly root: Hash;
}

export const journalOf = (node: string, incarnation: number): string => `${node}/${incarnation}`;

export async function newestOf(journals: JournalStore, node: string): Promise<Newest> {
  const held = (await journals.journals()).filter(({ journal }) => journal.startsWith(`${node}/`));
  const incarnation = Math.max(0, ...held.map(({ journal }) => Number(journal.slice(node.length + 1))));
  if (incarnation === 0) return { incarnation, size: 0, root: emptyRoot };
  const edge = await edgeOf(journals, journalOf(node, incarnation));
  return { incarnation, size: edge.size, root: rootOf(edge) };
}

/** Why a sender cannot go on from what is held of its node; what only the sender can see, it finds by the answer. */
export async function objectionTo(hello: Hello, newest: Newest, journals: JournalStore): Promise<Refused | undefined> {
  const { node, incarnation } = hello;
  const size = Number(hello.size);
  if (incarnation < newest.incarnation)
    return {
      code: 'IncarnationClosed',
      message: `${node} is at incarnation ${newest.incarnation}, ${incarnation} was given up: the node was restored`,
      at: size,
    };
  if (incarnation > newest.incarnation || size >= newest.size) return undefined;
  const same = (await rootAt(journals, journalOf(node, incarnation), size)) === hashFromBytes(hello.root);
  return same
    ? {
        code: 'ReceiverAhead',
        message: `the ministry holds ${newest.size} records, the node ${size}: the node was restored`,
        at: size + 1,
      }
    : { code: 'JournalForked', message: `the journals differ at or before record ${size}`, at: size };
}

/**
 * Why the first block of an incarnation cannot follow what is held: its first record must say where both sides stood,
 * and say so truly. The first incarnation of a node that nothing is held of needs no reason.
 */
export async function objectionToBeginning(
  node: string,
  incarnation: number,
  block: Uint8Array,
  newest: Newest,
  journals: JournalStore,
): Promise<Refused | undefined> {
  if (incarnation === 1 && newest.incarnation === 0) return undefined;
  const refused = (why: string): Refused => ({
    code: 'IncarnationUnfounded',
    message: `${node}/${incarnation} ${why}`,
    at: 1,
  });
  if (incarnation <= newest.incarnation) return refused(`cannot follow incarnation ${newest.incarnation}`);
  const opened = await openingOf(block);
  if (!opened || opened.incarnation !== incarnation || opened.node !== node)
    return refused('does not begin with why it was opened');
  const { common } = opened;
  if (common.size === 0 && newest.incarnation === 0) return undefined;
  const known = common.incarnation === newest.incarnation && common.size <= newest.size;
  const root = known ? await rootAt(journals, journalOf(node, common.incarnation), common.size) : undefined;
  if (root === undefined || hashToHex(root) !== common.root)
    return refused(`names ${common.size} records of incarnation ${common.incarnation} that are not held so`);
  return undefined;
}

async function openingOf(block: Uint8Array) {
  const [record] = await decodeBlock(block).catch(() => []);
  if (record?.leaf.type !== 'IncarnationOpened') return undefined;
  try {
    return incarnationOpened.safeParse(JSON.parse(Buffer.from(record.payload).toString())).data;
  } catch {
    return undefined;
  }
}
