import { topics } from '@quantrac/contracts';
import type { RejectedReplayed } from '@quantrac/contracts/commands/rejected';
import type { Rejected, RejectedGroup } from '@quantrac/contracts/queries/rejected';
import { Fault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';
import { askingThoseUp, operator } from '../asker.ts';

const MOST_SHOWN = 1000;
/** Whoever has groups; a node runs those of its tier. */
const owners = [...new Set(Object.values(topics).map(({ producer }) => producer))];

/** Shows what groups have set aside, where it stood and why. */
export async function listRejected(data: string, group: string | undefined): Promise<void> {
  const asked = { limit: MOST_SHOWN, ...(group !== undefined && { group }) };
  const answers = await askingThoseUp(data, owners, async (peer) => ({
    groups: await peer.query<RejectedGroup>('rejectedGroups', {}),
    rows: await peer.query<Rejected>('rejected', asked),
  }));
  const groups = answers.flatMap((answer) => answer.groups).filter((one) => group === undefined || one.group === group);
  if (group !== undefined && groups.length === 0) throw groupUnknown(group);
  const rows = answers.flatMap((answer) => answer.rows).sort((a, b) => (a.at < b.at ? -1 : 1));
  const shown = rows.slice(-MOST_SHOWN);
  for (const row of shown) process.stdout.write(textOf(row));
  const count = groups.reduce((sum, one) => sum + one.count, 0);
  const waiting = groups.reduce((sum, one) => sum + one.waiting, 0);
  if (count === 0) process.stdout.write('nothing is set aside\n');
  else if (count > shown.length) process.stdout.write(`newest ${grouped(shown.length)} of ${said(count, waiting)}\n`);
  else process.stdout.write(`${said(count, waiting)}\n`);
}

const grouped = (count: number): string => count.toLocaleString('en');

const said = (count: number, waiting: number): string =>
  `${grouped(count)} set aside, ${grouped(waiting)} not replayed`;

function textOf({
  id,
  group,
  topic,
  key,
  sequence,
  position,
  code,
  reason,
  at,
  bytes,
  again,
  replayed,
}: Rejected): string {
  const place = `${topic} ${key}${sequence ? ` ${sequence}` : ''}${position ? ` at ${position}` : ''}`;
  const since = `${at}${again ? ', after a replay' : ''}${replayed ? ', replayed since' : ''}`;
  return `${id}  ${group}: ${place}, ${grouped(bytes)} bytes\n    ${code}: ${reason}\n    ${since}\n`;
}

export interface AskedReplay {
  readonly ids: readonly string[];
  readonly all: boolean;
}

/** Hands records to their group again: those named, or all that wait when it begins. */
export async function replayRejected(data: string, group: string, { ids, all }: AskedReplay): Promise<void> {
  if (all === ids.length > 0)
    throw Fault.invalid('NothingChosen', 'name records by their ids, or all of them by --all');
  const answers = await askingThoseUp(data, owners, async (peer) => {
    const groups = await peer.query<RejectedGroup>('rejectedGroups', {});
    const found = groups.find((one) => one.group === group);
    return found && replayIn(peer, found, ids);
  });
  const done = answers.find((answer) => answer !== undefined);
  if (!done) throw groupUnknown(group);
  process.stdout.write(`${grouped(done.replayed)} replayed, ${grouped(done.already)} had been before\n`);
}

const IDS_AT_ONCE = 500;

/** One command hands over as many as it can at once, so there are as many commands as that takes. */
async function replayIn(peer: Peer, { group, newest }: RejectedGroup, ids: readonly string[]) {
  let [replayed, already] = [0, 0];
  const handed = async (which: readonly string[] | { readonly upTo: string }): Promise<number> => {
    const done: RejectedReplayed = await peer.handle('ReplayRejected', { group, which }, operator());
    replayed += done.replayed;
    already += done.already;
    return done.left;
  };
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) await handed(ids.slice(at, at + IDS_AT_ONCE));
  if (ids.length === 0 && newest !== null) while ((await handed({ upTo: newest })) > 0);
  return { replayed, already };
}

const groupUnknown = (group: string): Fault =>
  Fault.notFound('GroupUnknown', `no group is called ${group}: list what is set aside without --group`);
