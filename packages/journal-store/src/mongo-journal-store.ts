import { Fault } from '@quantrac/event-sourcing';
import { asking, isDuplicateKey, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';
import { type Append, type JournalHead, JournalStore, type StoredBlock } from './journal-store.ts';
import { type BlockDocument, followed, MongoStandings, positionPairs, type Standing } from './mongo-standings.ts';

export const BLOCKS = 'journal_blocks';
/** Descending, so that the newest block of each journal is found by one look each. */
export const PLACE = { journal: 1, first: -1 } as const;

/** A document holds 16 MiB, and a block's is more than what is counted. */
export const MAX_BLOCK_BYTES = 16_000_000;
/** Blocks that are read beyond what was asked for are few. */
const BLOCKS_A_BATCH = 16;

/** Journals in collections of a service's own database: a block's insert, at a number that is taken once, is the commit. */
export class MongoJournalStore extends JournalStore {
  readonly #blocks: MongoCollection<BlockDocument>;
  readonly #standings: MongoStandings;

  private constructor(readonly database: MongoDatabase) {
    super();
    this.#blocks = database.collection<BlockDocument>(BLOCKS);
    this.#standings = new MongoStandings(database, this.#blocks);
  }

  static async open(database: MongoDatabase): Promise<MongoJournalStore> {
    const store = new MongoJournalStore(database);
    await asking(() => store.#blocks.createIndex(PLACE, { name: 'place', unique: true }));
    return store;
  }

  async append(append: Append): Promise<void> {
    refuseTooLarge(append);
    return asking(() => this.#append(append));
  }

  async head(journal: string): Promise<JournalHead | undefined> {
    const { size, edge, root, positions } = await asking(() => this.#standings.of(journal));
    return size === 0 ? undefined : { size, edge, root, positions };
  }

  async taken(
    journal: string,
    of: readonly (readonly [topic: string, key: string])[],
  ): Promise<readonly (string | undefined)[]> {
    if (of.length === 0) return [];
    return asking(async () => this.#standings.taken(await this.#standings.of(journal), of));
  }

  async blocks(journal: string, from: number, maxBytes: number): Promise<readonly StoredBlock[]> {
    return asking(async () => {
      const options = { promoteBuffers: true, projection: { _id: 0, edge: 0, taken: 0, positions: 0 } };
      const holding = await this.#blocks
        .find({ journal, first: { $lte: from } }, options)
        .sort({ first: -1 })
        .limit(1)
        .next();
      if (!holding || from >= holding.first + holding.count) return [];
      const behind = this.#blocks.find({ journal, first: { $gt: holding.first } }, options).sort({ first: 1 });
      return upTo(maxBytes, holding, behind.batchSize(BLOCKS_A_BATCH));
    });
  }

  async journals(): Promise<readonly { journal: string; size: number }[]> {
    const newest = await asking(() =>
      this.#blocks
        .aggregate<{ _id: string; first: number; count: number }>([
          { $sort: PLACE },
          { $group: { _id: '$journal', first: { $first: '$first' }, count: { $first: '$count' } } },
          { $sort: { _id: 1 } },
        ])
        .toArray(),
    );
    return newest.map(({ _id: journal, first, count }) => ({ journal, size: first + count - 1 }));
  }

  async close(): Promise<void> {}

  async #append(append: Append): Promise<void> {
    const { journal, first } = append;
    const standing = await this.#standings.of(journal);
    if (standing.size !== first - 1) throw moved(append, standing);
    await this.#refuseTaken(append, standing);
    const document = toDocument(append, standing);
    try {
      await this.#blocks.insertOne({ ...document });
    } catch (error) {
      if (isDuplicateKey(error)) throw moved(append, await this.#standings.of(journal));
      throw error;
    }
    await this.#standings.moveOn(followed(standing, document));
  }

  /** What another append has taken meanwhile is told by its having moved the journal. */
  async #refuseTaken(append: Append, standing: Standing): Promise<void> {
    const { journal, taken } = append;
    const lanes = taken.map(([topic, key]) => [topic, key] as const);
    const held = lanes.length === 0 ? [] : await this.#standings.taken(standing, lanes);
    const refused = taken.find(([, , sequence], at) => held[at] !== undefined && held[at] >= sequence);
    if (!refused) return;
    const now = await this.#standings.of(journal);
    if (now.size !== standing.size) throw moved(append, now);
    throw Fault.conflict('SequenceTaken', `${journal} holds ${refused.join(' ')} or a later one already`);
  }
}

const moved = ({ journal, first }: Append, { size }: Standing): Fault =>
  Fault.conflict('JournalMoved', `${journal} holds ${size} records, not ${first - 1}: read its head again`);

const toDocument = (
  { journal, first, count, block, edge, root, taken, positions = {} }: Append,
  { edge: edgeBefore }: Standing,
): BlockDocument => ({
  journal,
  first,
  count,
  block,
  edgeBefore,
  edge,
  root,
  taken,
  positions: positionPairs(positions),
});

function refuseTooLarge({ journal, first, block, taken, positions = {} }: Append): void {
  const bytes = block.length + Buffer.byteLength(JSON.stringify([taken, positions]));
  if (bytes > MAX_BLOCK_BYTES)
    throw Fault.invalid(
      'BlockTooLarge',
      `the block of ${journal} at ${first} has ${bytes} bytes, MongoDB takes ${MAX_BLOCK_BYTES}: append it in several`,
    );
}

async function upTo(
  maxBytes: number,
  holding: StoredBlock,
  behind: AsyncIterable<StoredBlock>,
): Promise<StoredBlock[]> {
  const blocks = [holding];
  let bytes = holding.block.length;
  if (bytes >= maxBytes) return blocks;
  for await (const block of behind) {
    blocks.push(block);
    bytes += block.block.length;
    if (bytes >= maxBytes) break;
  }
  return blocks;
}
