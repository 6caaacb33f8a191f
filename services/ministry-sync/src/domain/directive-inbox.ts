import type { DirectiveIssued } from '@quantrac/contracts';
import { type Decider, Fault } from '@quantrac/event-sourcing';

/** Stored for ever: names and shapes are the storage format. */
export type DirectiveInboxEvent =
  | { readonly type: 'DirectiveReceived'; readonly data: DirectiveIssued }
  | { readonly type: 'DirectiveCarriedOut'; readonly data: { readonly number: number; readonly at: string } }
  | { readonly type: 'DirectiveRefused'; readonly data: DirectiveRefusal };

export interface DirectiveRefusal {
  readonly number: number;
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

export type DirectiveInboxCommand =
  | { readonly type: 'ReceiveDirective'; readonly directive: DirectiveIssued }
  | { readonly type: 'NoteCarriedOut'; readonly number: number; readonly at: string }
  | ({ readonly type: 'RefuseDirective' } & DirectiveRefusal);

/** What the ministry sent down, in order; each is answered in its turn. */
export interface DirectiveInbox {
  readonly received: readonly DirectiveIssued[];
  /** The number up to which directives are received, and up to which they are answered. */
  readonly last: number;
  readonly answered: number;
  readonly refused: readonly DirectiveRefusal[];
}

const decide = (command: DirectiveInboxCommand, inbox: DirectiveInbox): readonly DirectiveInboxEvent[] => {
  switch (command.type) {
    case 'ReceiveDirective':
      return receive(command.directive, inbox);
    case 'NoteCarriedOut': {
      const { number, at } = command;
      return isNext(number, inbox) ? [{ type: 'DirectiveCarriedOut', data: { number, at } }] : [];
    }
    case 'RefuseDirective': {
      const { type: _, ...data } = command;
      return isNext(data.number, inbox) ? [{ type: 'DirectiveRefused', data }] : [];
    }
  }
};

/** Numbers only rise; those that the ministry lost itself are missing. */
function receive(directive: DirectiveIssued, { received, last }: DirectiveInbox): readonly DirectiveInboxEvent[] {
  if (directive.number > last) return [{ type: 'DirectiveReceived', data: directive }];
  const known = received.find(({ number }) => number === directive.number);
  if (JSON.stringify(known) === JSON.stringify(directive)) return [];
  throw Fault.conflict('DirectiveChanged', `directive ${directive.number} came again with another content`);
}

const isNext = (number: number, { received, answered }: DirectiveInbox): boolean =>
  received.find((directive) => directive.number > answered)?.number === number;

const evolve = (inbox: DirectiveInbox, event: DirectiveInboxEvent): DirectiveInbox => {
  switch (event.type) {
    case 'DirectiveReceived':
      return { ...inbox, received: [...inbox.received, event.data], last: event.data.number };
    case 'DirectiveCarriedOut':
      return { ...inbox, answered: event.data.number };
    case 'DirectiveRefused':
      return { ...inbox, answered: event.data.number, refused: [...inbox.refused, event.data] };
  }
};

export const directiveInbox: Decider<DirectiveInbox, DirectiveInboxCommand, DirectiveInboxEvent> = {
  initial: { received: [], last: 0, answered: 0, refused: [] },
  decide,
  evolve,
};

export const inboxPrefix = 'directives-';
export const inboxStream = (node: string): string => `${inboxPrefix}${node}`;
