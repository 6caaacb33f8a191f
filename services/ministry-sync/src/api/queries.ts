import { hoursBetween } from '@quantrac/contracts/digest';
import { ministrySyncQueries as contract } from '@quantrac/contracts/queries/ministry-sync';
import { Fault } from '@quantrac/event-sourcing';
import { type Peer, type QueryHandler, query } from '@quantrac/service';
import { compare } from '../comparing/compare.ts';
import { nodeFacts } from '../comparing/node-facts.ts';
import type { Inbox } from '../directives/inbox.ts';
import type { UnreadDirective } from '../domain/directive-inbox.ts';
import type { ForwardingPolicy } from '../domain/forwarding-policy.ts';
import type { Ministry } from '../link/ministry.ts';
import type { Replication } from '../replication.ts';

export interface QueriesContext {
  readonly node: string;
  readonly ministry: Ministry | undefined;
  readonly replication: Replication;
  readonly inbox: Inbox;
  readonly policy: ForwardingPolicy;
  readonly peer: (service: string) => Peer;
  readonly clock: () => number;
}

/** A directive of which only the number is known, and the text that came. */
const unreadRow = (node: string, { number, text, at }: UnreadDirective) => ({
  directive: `${node}/${number}`,
  node,
  number,
  kind: 'unreadable',
  station: null,
  reason: text,
  by: 'ministry',
  knownAt: at,
});

export function queries({
  node,
  ministry,
  replication,
  inbox,
  policy,
  peer,
  clock,
}: QueriesContext): Record<string, QueryHandler> {
  return {
    replication: query(contract.replication.args, async () => {
      const { stops } = await replication.state();
      const knownAt = new Date(clock()).toISOString();
      return [
        {
          ...(await replication.saidByActive()),
          knownAt,
          ministry: ministry?.address,
          ...replication.health(),
          stops: stops.length,
        },
      ];
    }),
    stops: query(contract.stops.args, async ({ limit }) =>
      (await replication.state()).stops.toReversed().slice(0, limit),
    ),
    compare: query(contract.compare.args, async ({ node: asked = node, ...range }) => {
      if (asked !== node) throw Fault.notFound('NodeUnknown', `this is node ${node}, not ${asked}`);
      if (!ministry) throw Fault.rejected('NoMinistry', 'no ministry is set: there is nothing to compare with');
      return compare(node, range, ministry, { policy, peer });
    }),
    digests: query(contract.digests.args, async ({ from, to, station }) =>
      (await nodeFacts({ policy, peer, hours: hoursBetween(from, to), station })).digests(),
    ),
    directives: query(contract.directives.args, async ({ limit }) => {
      const { received, answered, refused } = await inbox.state();
      const rows = received.map(({ number, directive, unread }) => {
        const refusal = refused.find((one) => one.number === number);
        const state = refusal ? 'refused' : number <= answered ? 'carried-out' : 'received';
        const refusedFor = refusal ? { code: refusal.code, message: refusal.message } : null;
        return { ...(directive ?? unreadRow(node, unread!)), state, refused: refusedFor };
      });
      return rows.slice(-limit);
    }),
  };
}
