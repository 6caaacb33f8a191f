import { ministrySyncCommands as contract } from '@quantrac/contracts/commands/ministry-sync';
import { commandHandler, Fault } from '@quantrac/event-sourcing';
import type { JournalStore } from '@quantrac/journal-store';
import { type CommandHandler, command, type Stores } from '@quantrac/service';
import { journalStream, type NodeJournalEvent, newestOf, nodeJournal } from '../domain/node-journal.ts';
import { openingAfter } from '../journal/open-incarnation.ts';
import type { Ministry } from '../link/ministry.ts';
import type { Replication } from '../replication.ts';

export interface CommandsContext {
  readonly stores: Stores;
  readonly journals: JournalStore;
  readonly node: string;
  readonly ministry: Ministry | undefined;
  readonly replication: Replication;
}

export function commands({
  stores,
  journals,
  node,
  ministry,
  replication,
}: CommandsContext): Record<string, CommandHandler> {
  const handle = commandHandler(nodeJournal, stores.events.streams<NodeJournalEvent>());
  return {
    OpenIncarnation: command(contract.OpenIncarnation, async ({ reason, everything }, { actor, commandId, at }) => {
      const { answered } = await stores.events.read(journalStream(node), commandId);
      if (answered !== undefined) return { incarnation: newestOf(await replication.state()) };
      if (!ministry)
        throw Fault.rejected(
          'NoMinistry',
          'no ministry is set: set its address first, so that both sides can be compared',
        );
      const said = { everything, reason, by: actor.account, at: new Date(at).toISOString() };
      const opening = await openingAfter(await replication.state(), said, { journals, node, ministry });
      const metadata = { account: actor.account, role: actor.role };
      const { state } = await handle(
        journalStream(node),
        { type: 'OpenIncarnation', ...opening },
        { commandId, metadata },
      );
      replication.goOn();
      return { incarnation: newestOf(state) };
    }),
  };
}
