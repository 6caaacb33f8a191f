import type { DirectiveIssued } from '@quantrac/contracts';
import { directivesHash } from '@quantrac/contracts/replication';
import { type Decider, Fault } from '@quantrac/event-sourcing';

/** Stored for ever: names and shapes are the storage format. */
export type DirectiveInboxEvent =
  | { readonly type: 'DirectiveReceived'; readonly data: DirectiveIssued & { readonly textHash?: string } }
  | { readonly type: 'DirectiveUnread'; readonly data: UnreadDirective }
  | { readonly type: 'DirectiveCarriedOut'; readonly data: { readonly number: number; readonly at: string } }
  | { readonly type: 'DirectiveRefused'; readonly data: DirectiveRefusal };

export interface DirectiveRefusal {
  readonly number: number;
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

/** What came and could not be read, as it came. */
export interface UnreadDirective {
  readonly number: number;
  readonly text: string;
  readonly textHash: string;
  readonly message: string;
  readonly at: string;
}

/** One that was received; `directive` is undefined where it could not be read. */
export interface ReceivedDirective {
  readonly number: number;
  readonly textHash: string;
  readonly directive?: DirectiveIssued;
  readonly unread?: UnreadDirective;
}

export type DirectiveInboxCommand =
  | { readonly type: 'ReceiveDirective'; readonly directive: DirectiveIssued; readonly textHash: string }
  | ({ readonly type: 'ReceiveUnread' } & UnreadDirective)
  | { readonly type: 'NoteCarriedOut'; readonly number: number; readonly at: string }
  | ({ readonly type: 'RefuseDirective' } & DirectiveRefusal);

/** What the ministry sent down, in order; each is answered in its turn. */
export interface DirectiveInbox {
  readonly received: readonly ReceivedDirective[];
  /** The number up to which directives are received, and up to which they are answered. */
  readonly last: number;
  /** Over all that are received, as the ministry computes it too. */
  readonly hash: string;
  readonly answered: number;
  readonly refused: readonly DirectiveRefusal[];
}

const decide = (command: DirectiveInboxCommand, inbox: DirectiveInbox): readonly DirectiveInboxEvent[] => {
  switch (command.type) {
    case 'ReceiveDirective':
      return receive(command.directive.number, command.textHash, inbox, {
        type: 'DirectiveReceived',
        data: { ...command.directive, textHash: command.textHash },
      });
    case 'ReceiveUnread': {
      const { type: _, ...data } = command;
      return receive(data.number, data.textHash, inbox, { type: 'DirectiveUnread', data });
    }
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
function receive(
  number: number,
  textHash: string,
  { received, last }: DirectiveInbox,
  event: DirectiveInboxEvent,
): readonly DirectiveInboxEvent[] {
  if (number > last) return [event];
  if (received.find((known) => known.number === number)?.textHash === textHash) return [];
  throw Fault.rejected('DirectiveChanged', `directive ${number} came again with another content`);
}

const isNext = (number: number, { received, answered }: DirectiveInbox): boolean =>
  received.find((directive) => directive.number > answered)?.number === number;

const evolve = (inbox: DirectiveInbox, event: DirectiveInboxEvent): DirectiveInbox => {
  switch (event.type) {
    case 'DirectiveReceived': {
      const { textHash = '', ...directive } = event.data;
      return received({ number: directive.number, textHash, directive }, inbox);
    }
    case 'DirectiveUnread': {
      const { number, textHash } = event.data;
      return received({ number, textHash, unread: event.data }, inbox);
    }
    case 'DirectiveCarriedOut':
      return { ...inbox, answered: event.data.number };
    case 'DirectiveRefused':
      return { ...inbox, answered: event.data.number, refused: [...inbox.refused, event.data] };
  }
};

const received = (one: ReceivedDirective, inbox: DirectiveInbox): DirectiveInbox => ({
  ...inbox,
  received: [...inbox.received, one],
  last: one.number,
  hash: directivesHash(inbox.hash, one.number, one.textHash),
});

export const directiveInbox: Decider<DirectiveInbox, DirectiveInboxCommand, DirectiveInboxEvent> = {
  initial: { received: [], last: 0, hash: '', answered: 0, refused: [] },
  decide,
  evolve,
};

export const inboxPrefix = 'directives-';
export const inboxStream = (node: string): string => `${inboxPrefix}${node}`;
