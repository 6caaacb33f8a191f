import { randomUUID } from 'node:crypto';
import type { Directive, DirectivesTaken } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { fold, type Handled } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import {
  type DirectiveCommand,
  type DirectiveEvent,
  type DirectiveJournal,
  directiveJournal,
  directiveStream,
  directiveText,
} from '../domain/directive-journal.ts';

export type HandleDirective = (
  stream: string,
  command: DirectiveCommand,
  options: { commandId: string; metadata: Record<string, string> },
) => Promise<Handled<DirectiveJournal, DirectiveEvent>>;

export async function directivesOf(events: EventStore, node: string): Promise<DirectiveJournal> {
  return fold(directiveJournal, (await events.read<DirectiveEvent>(directiveStream(node))).events);
}

/** Compares what a node holds with what was issued; what of it may not have come is issued again. */
export async function meetDirectives(
  handle: HandleDirective,
  node: string,
  { upTo, hash }: { readonly upTo: number; readonly hash: string },
): Promise<void> {
  const options = { commandId: `met/${randomUUID()}`, metadata: {} };
  await handle(directiveStream(node), { type: 'NoteUsedNumbers', upTo, hash }, options);
}

/** What a node has still to be sent, when it holds those up to a number. */
export async function directivesAfter(
  events: EventStore,
  node: string,
  number: number,
): Promise<{ issued: number; open: readonly Directive[] }> {
  const journal = await directivesOf(events, node);
  const open = journal.issued.filter((directive) => directive.number > number);
  return {
    issued: journal.last,
    open: open.map((directive) => ({ number: BigInt(directive.number), value: directiveText(directive) })),
  };
}

export async function takeAnswer(
  handle: HandleDirective,
  node: string,
  { upTo, refused }: DirectivesTaken,
): Promise<void> {
  const answer = refused.map(({ number, code, message }) => ({ number: Number(number), code, message }));
  const command = { type: 'TakeAnswer', upTo: Number(upTo), refused: answer } as const;
  const commandId = `answer/${upTo}/${answer.map(({ number }) => number).join(',')}`;
  await handle(directiveStream(node), command, { commandId, metadata: {} });
}
