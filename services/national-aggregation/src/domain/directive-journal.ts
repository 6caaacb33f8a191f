import type { DirectiveIssued } from '@quantrac/contracts';
import { type Decider, Fault } from '@quantrac/event-sourcing';

export interface RefusedByNode {
  readonly number: number;
  readonly code: string;
  readonly message: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type DirectiveEvent =
  | { readonly type: 'DirectiveIssued'; readonly data: DirectiveIssued }
  | {
      readonly type: 'DirectivesAnswered';
      readonly data: { readonly upTo: number; readonly refused: readonly RefusedByNode[] };
    }
  /** The node holds directives that are not known here: they were lost with an earlier copy, their numbers are not used again. */
  | { readonly type: 'NumbersUsed'; readonly data: { readonly upTo: number } };

export type DirectiveCommand =
  | ({ readonly type: 'IssueDirective' } & Pick<
      DirectiveIssued,
      'node' | 'kind' | 'station' | 'reason' | 'by' | 'knownAt'
    >)
  | { readonly type: 'TakeAnswer'; readonly upTo: number; readonly refused: readonly RefusedByNode[] }
  | { readonly type: 'NoteUsedNumbers'; readonly upTo: number };

/** What the ministry has sent down to one node, numbered 1, 2, 3 ... and what the node answered. */
export interface DirectiveJournal {
  readonly issued: readonly DirectiveIssued[];
  /** The highest number that is in use. */
  readonly last: number;
  /** Up to this number the node has answered. */
  readonly answered: number;
  readonly refused: readonly RefusedByNode[];
}

const decide = (command: DirectiveCommand, journal: DirectiveJournal): readonly DirectiveEvent[] => {
  switch (command.type) {
    case 'IssueDirective':
      return issue(command, journal);
    case 'TakeAnswer':
      return takeAnswer(command, journal);
    case 'NoteUsedNumbers':
      return command.upTo > journal.last ? [{ type: 'NumbersUsed', data: { upTo: command.upTo } }] : [];
  }
};

/** The decision that stands is not issued again, unless the node had to refuse it. */
function issue(
  { type: _, ...directive }: Extract<DirectiveCommand, { type: 'IssueDirective' }>,
  { issued, last, refused }: DirectiveJournal,
): readonly DirectiveEvent[] {
  const before = issued.findLast(({ station }) => station === directive.station);
  const stands = before?.kind === directive.kind && !refused.some(({ number }) => number === before.number);
  if (stands) return [];
  const number = last + 1;
  return [{ type: 'DirectiveIssued', data: { directive: `${directive.node}/${number}`, number, ...directive } }];
}

function takeAnswer(
  { upTo, refused }: Extract<DirectiveCommand, { type: 'TakeAnswer' }>,
  journal: DirectiveJournal,
): readonly DirectiveEvent[] {
  if (upTo > journal.last)
    throw Fault.rejected('DirectiveUnknown', `there are ${journal.last} directives: number ${upTo} cannot be answered`);
  const fresh = refused.filter(({ number }) => !journal.refused.some((known) => known.number === number));
  return upTo > journal.answered || fresh.length > 0
    ? [{ type: 'DirectivesAnswered', data: { upTo: Math.max(upTo, journal.answered), refused: fresh } }]
    : [];
}

const evolve = (journal: DirectiveJournal, event: DirectiveEvent): DirectiveJournal => {
  switch (event.type) {
    case 'DirectiveIssued':
      return { ...journal, issued: [...journal.issued, event.data], last: event.data.number };
    case 'DirectivesAnswered':
      return { ...journal, answered: event.data.upTo, refused: [...journal.refused, ...event.data.refused] };
    case 'NumbersUsed':
      return { ...journal, last: event.data.upTo };
  }
};

export const directiveJournal: Decider<DirectiveJournal, DirectiveCommand, DirectiveEvent> = {
  initial: { issued: [], last: 0, answered: 0, refused: [] },
  decide,
  evolve,
};

export const directiveStream = (node: string): string => `directives-${node}`;
