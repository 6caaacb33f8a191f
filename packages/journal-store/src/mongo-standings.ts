import { insertAbsent } from '@quantrac/mongo/mongo-bulk';
import { isDuplicateKey, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';
import type { JournalHead, StoredBlock, Taken } from './journal-store.ts';

export interface BlockDocument extends StoredBlock {
  readonly journal: string;
  readonly edge: Uint8Array;
  readonly taken: readonly Taken[];
  readonly positions: Positions;
}

/** Pairs, since a name may hold a dot or begin with a dollar sign. */
type Positions = readonly (readonly [name: string, position: string])[];

interface StandingDocument extends Omit<JournalHead, 'positions'> {
  readonly _id: string;
  readonly positions: Positions;
}

interface LaneDocument {
  /** Journal, topic and key as one text: two servers may differ in what makes documents equal. */
  readonly _id: string;
  readonly sequence: string;
}

type Lane = readonly [topic: string, key: string];

/** Where a journal stands by its blocks. */
export interface Standing extends JournalHead {
  readonly journal: string;
  /** The size that is written down: where that is behind, `notNoted` is what the blocks since have taken. */
  readonly noted: number;
  readonly notNoted: readonly Taken[];
}

export const STANDINGS = 'journal_standings';
export const LANES = 'journal_lanes';

/**
 * What a journal's blocks add up to, written down after each block so that nobody reads them all. It only helps: what stopped before it was
 * written down is added up from the blocks behind it, and the next append writes it down.
 */
export class MongoStandings {
  readonly #blocks: MongoCollection<BlockDocument>;
  readonly #standings: MongoCollection<StandingDocument>;
  readonly #lanes: MongoCollection<LaneDocument>;

  constructor(database: MongoDatabase, blocks: MongoCollection<BlockDocument>) {
    this.#blocks = blocks;
    this.#standings = database.collection<StandingDocument>(STANDINGS);
    this.#lanes = database.collection<LaneDocument>(LANES);
  }

  async of(journal: string): Promise<Standing> {
    const noted = await this.#standings.findOne({ _id: journal }, { promoteBuffers: true });
    const size = noted?.size ?? 0;
    const behind = await this.#blocks
      .find({ journal, first: { $gt: size } }, { promoteBuffers: true, projection: { block: 0, edgeBefore: 0 } })
      .sort({ first: 1 })
      .toArray();
    const none = new Uint8Array();
    const { edge, root, positions } = noted ?? { edge: none, root: none, positions: [] };
    const standing = { journal, size, edge, root, positions: Object.fromEntries(positions), noted: size, notNoted: [] };
    return behind.reduce<Standing>(followed, standing);
  }

  /** The highest sequence of each lane. */
  async taken({ journal, notNoted }: Standing, of: readonly Lane[]): Promise<readonly (string | undefined)[]> {
    const lanes = new Map(of.map((lane) => [nameOf(journal, ...lane), lane]));
    const noted = await this.#lanes
      .find({ _id: { $in: [...lanes.keys()] } })
      .map(({ _id, sequence }): Taken => [...lanes.get(_id)!, sequence])
      .toArray();
    const highest = highestOf([...noted, ...notNoted]);
    return of.map((lane) => highest.get(nameOf(...lane))?.[2]);
  }

  /** Lanes first: a standing that is written down tells that they are. Each only rises, whoever writes when. */
  async moveOn({ journal, noted, notNoted, size, edge, root, positions }: Standing): Promise<void> {
    await this.#raise(journal, [...highestOf(notNoted).values()]);
    const standing = { size, edge, root, positions: positionPairs(positions) };
    if (noted === 0) await insertAbsent(this.#standings, [{ _id: journal, ...standing }]);
    else await this.#standings.updateOne({ _id: journal, size: noted }, { $set: standing });
  }

  async #raise(journal: string, taken: readonly Taken[]): Promise<void> {
    if (taken.length === 0) return;
    const raised = taken.map(([topic, key, sequence]) => ({
      updateOne: { filter: { _id: nameOf(journal, topic, key) }, update: { $max: { sequence } }, upsert: true },
    }));
    const raise = () => this.#lanes.bulkWrite(raised, { ordered: false });
    // of two that begin a lane at once one is refused: then the lane is there
    await raise().catch((error) => (isDuplicateKey(error) ? raise() : Promise.reject(error)));
  }
}

/** Where a journal stands behind one block more. */
export const followed = (
  { journal, positions, noted, notNoted }: Standing,
  block: Omit<BlockDocument, 'block' | 'edgeBefore'>,
): Standing => ({
  journal,
  size: block.first + block.count - 1,
  edge: block.edge,
  root: block.root,
  positions: { ...positions, ...Object.fromEntries(block.positions) },
  noted,
  notNoted: [...notNoted, ...block.taken],
});

export const positionPairs = (positions: JournalHead['positions']): Positions => Object.entries(positions);

function highestOf(taken: readonly Taken[]): Map<string, Taken> {
  const highest = new Map<string, Taken>();
  for (const one of taken) {
    const [topic, key, sequence] = one;
    const known = highest.get(nameOf(topic, key));
    if (!known || known[2] < sequence) highest.set(nameOf(topic, key), one);
  }
  return highest;
}

const nameOf = (...names: readonly string[]): string => JSON.stringify(names);
