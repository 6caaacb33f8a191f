import { type Decider, Fault } from '@quantrac/event-sourcing';

/** How far a journal reaches, and its root there, in hexadecimal digits. */
export interface Extent {
  readonly incarnation: number;
  readonly size: number;
  readonly root: string;
}

/** Records of an earlier incarnation that the ministry lacks, both numbers inclusive. */
export interface Carried {
  readonly incarnation: number;
  readonly from: number;
  readonly to: number;
}

/** Why replication stands still. */
export interface Stop {
  readonly incarnation: number;
  readonly code: string;
  readonly message: string;
  readonly size: number;
  readonly at: string;
}

export interface Opening {
  readonly incarnation: number;
  readonly common: Extent;
  readonly here: Extent;
  readonly there: Extent;
  readonly carried: readonly Carried[];
  /** All that the node's services hold is sent again. */
  readonly everything: boolean;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type NodeJournalEvent =
  | { readonly type: 'ReplicationStopped'; readonly data: Stop }
  | { readonly type: 'IncarnationOpened'; readonly data: Opening };

export type NodeJournalCommand =
  | ({ readonly type: 'StopReplication' } & Stop)
  | ({ readonly type: 'OpenIncarnation' } & Opening);

/** One incarnation as the ministry is to have it: up to its end, or growing. */
export interface Section {
  readonly incarnation: number;
  readonly end?: number;
}

/** The node's journal through its incarnations. */
export interface NodeJournal {
  /** In their order; the last one grows. */
  readonly sections: readonly Section[];
  /** How the newest began; undefined: it is the first. */
  readonly opening?: Opening;
  readonly stopped: Stop | null;
  readonly stops: readonly (Stop & { readonly opened: number | null })[];
}

const decide = (command: NodeJournalCommand, journal: NodeJournal): readonly NodeJournalEvent[] => {
  const { type: _, ...data } = command;
  switch (command.type) {
    case 'StopReplication':
      if (journal.stopped || command.incarnation !== newestOf(journal)) return [];
      return [{ type: 'ReplicationStopped', data: data as Stop }];
    case 'OpenIncarnation':
      if (!journal.stopped)
        throw Fault.rejected(
          'ReplicationNotStopped',
          'replication goes on: a new incarnation is for when it has stopped',
        );
      if (command.incarnation <= newestOf(journal))
        throw Fault.rejected(
          'IncarnationUsed',
          `incarnation ${command.incarnation} was used before: open the next one`,
        );
      return [{ type: 'IncarnationOpened', data: data as Opening }];
  }
};

const evolve = (journal: NodeJournal, event: NodeJournalEvent): NodeJournal => {
  switch (event.type) {
    case 'ReplicationStopped':
      return { ...journal, stopped: event.data, stops: [...journal.stops, { ...event.data, opened: null }] };
    case 'IncarnationOpened': {
      const { incarnation, common } = event.data;
      const stops = journal.stops.map((stop) => ({ ...stop, opened: stop.opened ?? incarnation }));
      return {
        sections: [...kept(journal.sections, common), { incarnation }],
        opening: event.data,
        stopped: null,
        stops,
      };
    }
  }
};

/**
 * What the ministry may lack of earlier incarnations; of its own newest one, up to where both sides agree. One that this node
 * does not know stands too, so that the ministry's standing in it is recognised when the next begins.
 */
const kept = (sections: readonly Section[], { incarnation, size }: Extent): readonly Section[] => [
  ...sections.filter((section) => section.incarnation < incarnation && section.end !== undefined),
  ...(incarnation === 0 ? [] : [{ incarnation, end: size }]),
];

export const newestOf = ({ sections }: NodeJournal): number => sections.at(-1)!.incarnation;

export const nodeJournal: Decider<NodeJournal, NodeJournalCommand, NodeJournalEvent> = {
  initial: { sections: [{ incarnation: 1 }], stopped: null, stops: [] },
  decide,
  evolve,
};

export const journalStream = (node: string): string => `journal-${node}`;

/** What the ministry lacks, when both sides agree up to `common`: the first record of a later incarnation is its own opening. */
export const carriedFrom = (
  sections: readonly Section[],
  sizes: ReadonlyMap<number, number>,
  common: Pick<Extent, 'incarnation' | 'size'>,
): readonly Carried[] =>
  sections
    .filter(({ incarnation }) => incarnation >= common.incarnation)
    .map(({ incarnation, end }) => ({
      incarnation,
      from: incarnation === common.incarnation ? common.size + 1 : incarnation === 1 ? 1 : 2,
      to: end ?? sizes.get(incarnation) ?? 0,
    }))
    .filter(({ from, to }) => from <= to);
