import type { Hello } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { Fault, type Handled } from '@quantrac/event-sourcing';
import { type Enrolment, type EnrolmentCommand, type EnrolmentEvent, enrolmentStream } from '../domain/enrolment.ts';
import type { NodeBook } from './node-book.ts';

export interface EnrolContext {
  readonly book: NodeBook;
  readonly policy: 'open' | 'by-command';
  readonly clock: () => number;
  readonly handle: (
    stream: string,
    command: EnrolmentCommand,
    options: { commandId: string; metadata: Record<string, string> },
  ) => Promise<Handled<Enrolment, EnrolmentEvent>>;
}

const nodeId = /^[\p{L}\p{N}._-]{1,40}$/u;

/** Enrols a node, once, and enters it in the book. */
export async function enrol(
  node: string,
  by: { commandId: string; metadata: Record<string, string> },
  { book, handle, clock }: EnrolContext,
): Promise<void> {
  if (!nodeId.test(node))
    throw Fault.invalid('NodeInvalid', 'a node id has at most 40 letters, digits, dots, underscores and hyphens');
  const at = new Date(clock()).toISOString();
  const { state } = await handle(enrolmentStream(node), { type: 'EnrollNode', at }, by);
  await book.enrolled(node, state.enrolledAt ?? at);
}

/** Lets an enrolled node in; one that nobody enrolled only where enrolment is open. */
export async function admit({ node }: Hello, context: EnrolContext): Promise<void> {
  if (context.book.get(node)) return;
  if (context.policy === 'by-command' && nodeId.test(node)) {
    const fault = Fault.rejected(
      'NodeNotEnrolled',
      `node ${node} is not enrolled: the ministry enrols it by EnrollNode`,
    );
    await context.book.refused(node, { code: fault.code, message: fault.message, at: 0 });
    throw fault;
  }
  await enrol(
    node,
    { commandId: 'first-hello', metadata: { account: 'national-aggregation', role: 'system' } },
    context,
  );
}
