import { hashToBytes, rootOf } from '@quantrac/journal';
import { edgeOf, type JournalStore } from '@quantrac/journal-store';
import type { MinistrySyncSettings } from '../config.ts';
import { type NodeJournal, newestOf } from '../domain/node-journal.ts';
import { journalName } from '../journal/begin-incarnation.ts';
import { Link, type LinkOptions } from './link.ts';
import type { Ministry } from './ministry.ts';
import type { SessionContext } from './session.ts';
import { type StopReason, stillObjects } from './standing.ts';

/** What a session asks of the node beside its journal. */
export type NodeSession = Pick<
  SessionContext,
  'heartbeat' | 'directivesReceived' | 'directivesTaken' | 'onDirectives' | 'digests'
>;

export interface NodeLinkContext {
  readonly ministry: Ministry;
  readonly journals: JournalStore;
  readonly node: string;
  readonly settings: MinistrySyncSettings;
  readonly session: NodeSession;
  readonly traceparents: SessionContext['traceparents'];
}

type Told = Pick<LinkOptions, 'active' | 'onConnecting' | 'onLost'> &
  Pick<SessionContext, 'onWelcomed' | 'onAcknowledged'>;

/** Sends the journal until replication stops. */
export function sendingLink(state: NodeJournal, told: Told, context: NodeLinkContext): Link {
  const { ministry, journals, node } = context;
  const { onWelcomed, onAcknowledged, ...options } = told;
  return new Link({
    ...options,
    ministry,
    confirmed: () => stillObjects(ministry, state.sections, journals, node),
    session: { ...sessionOf(state, context), onWelcomed, onAcknowledged },
  });
}

/** While replication has stopped: the node is heard, and is sent directives. */
export function standingLink(state: NodeJournal, stopped: StopReason, context: NodeLinkContext): Link {
  const nothing = () => undefined;
  return new Link({
    ministry: context.ministry,
    active: () => true,
    confirmed: async () => true,
    onConnecting: nothing,
    onLost: nothing,
    session: { ...sessionOf(state, context), stopped, onWelcomed: nothing, onAcknowledged: nothing },
  });
}

function sessionOf(state: NodeJournal, { journals, node, settings, session, traceparents }: NodeLinkContext) {
  const { windowBlocks, heartbeatMs } = settings;
  const incarnation = newestOf(state);
  const extent = async () => {
    const edge = await edgeOf(journals, journalName(node, incarnation));
    return { incarnation, size: edge.size, root: hashToBytes(rootOf(edge)) };
  };
  return { ...session, traceparents, journals, node, sections: state.sections, windowBlocks, heartbeatMs, extent };
}
