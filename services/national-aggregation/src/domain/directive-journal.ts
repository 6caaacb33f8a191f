import type { DirectiveIssued } from '@quantrac/contracts';
import { directiveHash, directivesHash } from '@quantrac/contracts/replication';
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
  /**
   * The node holds directives that are not known here: they were lost with an earlier copy, their numbers are not used again.
   * `received` and `hash`: up to where, and the hash over them; what was not answered is issued again above `upTo`.
   */
  | {
      readonly type: 'NumbersUsed';
      readonly data: { readonly upTo: number; readonly received?: number; readonly hash?: string };
    };

export type DirectiveCommand =
  | ({ readonly type: 'IssueDirective' } & Pick<
      DirectiveIssued,
      'node' | 'kind' | 'station' | 'reason' | 'by' | 'knownAt'
    >)
  | { readonly type: 'TakeAnswer'; readonly upTo: number; readonly refused: readonly RefusedByNode[] }
  /** `hash`: over the directives that the node holds, up to `upTo`; '' where it does not say. */
  | { readonly type: 'NoteUsedNumbers'; readonly upTo: number; readonly hash: string };

/** What the ministry has sent down to one node, numbered 1, 2, 3 ... and what the node answered. */
export interface DirectiveJournal {
  readonly issued: readonly DirectiveIssued[];
  /** The highest number that is in use. */
  readonly last: number;
  /** Up to this number the node has answered. */
  readonly answered: number;
  readonly refused: readonly RefusedByNode[];
  /** What the node was found to hold when it last held something else than was issued: up to where, and the hash over it. */
  readonly met: { readonly received: number; readonly hash: string };
}

const decide = (command: DirectiveCommand, journal: DirectiveJournal): readonly DirectiveEvent[] => {
  switch (command.type) {
    case 'IssueDirective':
      return issue(command, journal);
    case 'TakeAnswer':
      return takeAnswer(command, journal);
    case 'NoteUsedNumbers':
      return noteUsed(command, journal);
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

/** What the node answered came as it was meant; what it did not may have met a number that was used before. */
function noteUsed(
  { upTo, hash }: Extract<DirectiveCommand, { type: 'NoteUsedNumbers' }>,
  journal: DirectiveJournal,
): readonly DirectiveEvent[] {
  const { last, issued, answered } = journal;
  if (hash === '') return upTo > last ? [{ type: 'NumbersUsed', data: { upTo } }] : [];
  if (hashUpTo(upTo, journal) === hash) return [];
  const used = Math.max(upTo, last);
  const again = issued
    .filter(({ number }) => number > answered)
    .map((directive, index): DirectiveEvent => {
      const number = used + 1 + index;
      return { type: 'DirectiveIssued', data: { ...directive, number, directive: `${directive.node}/${number}` } };
    });
  return [{ type: 'NumbersUsed', data: { upTo: used, received: upTo, hash } }, ...again];
}

/** Over what a node holds that was sent all up to a number; undefined: nothing was issued under it. */
function hashUpTo(upTo: number, { issued, met }: DirectiveJournal): string | undefined {
  let { received, hash } = met;
  for (const directive of issued.filter(({ number }) => number > met.received && number <= upTo)) {
    received = directive.number;
    hash = directivesHash(hash, received, directiveHash(directiveText(directive)));
  }
  return received === upTo ? hash : undefined;
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
      return usedUpTo(event.data, journal);
  }
};

function usedUpTo(
  { upTo, received, hash }: Extract<DirectiveEvent, { type: 'NumbersUsed' }>['data'],
  journal: DirectiveJournal,
): DirectiveJournal {
  if (received === undefined || hash === undefined) return { ...journal, last: upTo };
  const issued = journal.issued.filter(({ number }) => number <= journal.answered);
  return { ...journal, issued, last: upTo, met: { received, hash } };
}

/** As it is sent and stored. */
export const directiveText = (directive: DirectiveIssued): string => JSON.stringify(directive);

export const directiveJournal: Decider<DirectiveJournal, DirectiveCommand, DirectiveEvent> = {
  initial: { issued: [], last: 0, answered: 0, refused: [], met: { received: 0, hash: '' } },
  decide,
  evolve,
};

export const directiveStream = (node: string): string => `directives-${node}`;
