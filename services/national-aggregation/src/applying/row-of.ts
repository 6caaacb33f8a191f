import { identityOf, topicOfType } from '@quantrac/contracts/identity';
import { isFault } from '@quantrac/event-sourcing';
import type { JournalRecord } from '@quantrac/journal';
import { fromInstant } from '@quantrac/regulations';
import type { Row } from '@quantrac/time-series';
import { quickIdentity } from './quick-identity.ts';

/** Why a record is stored but not shown. */
export interface Unshown {
  readonly reason: 'type-unknown' | 'unreadable';
  readonly message: string;
}

/** Where the rows of a node's topic are kept: every node apart. */
export const collectionOf = (topic: string, node: string): string => `${topic}@${node}`;

/** Records that the journal writes for itself. */
export const isOfJournal = (type: string): boolean => type === 'IncarnationOpened';

/** The row that a record becomes in the national copy. */
export function rowOf(node: string, { leaf, payload }: JournalRecord): Row | Unshown {
  const { type, key, sequence } = leaf;
  const topic = topicOfType(type);
  if (!topic) return { reason: 'type-unknown', message: `records of type ${type} are not known here yet` };
  try {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const { series, time, version } =
      quickIdentity(type, bytes) ?? identityOf(type, JSON.parse(bytes.toString('utf8')));
    const knownAt = fromInstant(leaf.knownAt) ?? 0;
    return {
      collection: collectionOf(topic.name, node),
      key,
      series,
      time,
      version,
      knownAt,
      type,
      sequence,
      value: payload,
    };
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
    return { reason: 'unreadable', message: error.message };
  }
}

export const isRow = (made: Row | Unshown): made is Row => 'collection' in made;
