import type { Directive, DirectivesTaken } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { fold, type Handled } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import {
  type DirectiveCommand,
  type DirectiveEvent,
  type DirectiveJournal,
  directiveJournal,
  directiveStream,
} from '../domain/directive-journal.ts';

export type HandleDirective = (
  stream: string,
  command: DirectiveCommand,
  options: { commandId: string; metadata: Record<string, string> },
) => Promise<Handled<DirectiveJournal, DirectiveEvent>>;

export async function directivesOf(events: EventStore, node: string): Promise<DirectiveJournal> {
  return fold(directiveJournal, (await events.read<DirectiveEvent>(directiveStream(node))).events);
}

/** What a node has still to be sent, when it holds those up to a number. */
export async function directivesAfter(
  events: EventStore,
  handle: HandleDirective,
  node: string,
  number: number,
): Promise<{ issued: number; open: readonly Directive[] }> {
  let journal = await directivesOf(events, node);
  if (number > journal.last) {
    const options = { commandId: `used/${number}`, metadata: {} };
    journal = (await handle(directiveStream(node), { type: 'NoteUsedNumbers', upTo: number }, options)).state;
  }
  const open = journal.issued.filter((directive) => directive.number > number);
  return {
    issued: journal.last,
    open: open.map((directive) => ({ number: BigInt(directive.number), value: JSON.stringify(directive) })),
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
