import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { Fault } from '@quantrac/event-sourcing';
import { type Peer, peersOf } from '@quantrac/service';

/** Whoever sits at the command line of the server. */
export const operator = () => ({
  actor: { account: `os:${userInfo().username}`, role: 'server-operator' as const, from: 'command line' },
  commandId: `cli-${randomBytes(9).toString('hex')}`,
});

const ALIVE_WITHIN_MS = 1500;

/** Works with the services of the node that runs on a data folder, and lets go of them. Throws the Fault `NodeDown` when none does. */
export async function askingNode<Result>(
  data: string,
  services: readonly string[],
  ask: (peer: (service: string) => Peer) => Promise<Result>,
): Promise<Result> {
  const { peer, close } = peersOf(data);
  try {
    for (const service of services) await alive(data, service, peer(service));
    return await ask(peer);
  } finally {
    close();
  }
}

/** Asks one service of the node that works on a data folder, and lets go of it. */
export const asking = <Result>(data: string, service: string, ask: (peer: Peer) => Promise<Result>): Promise<Result> =>
  askingNode(data, [service], (peer) => ask(peer(service)));

async function alive(data: string, service: string, peer: Peer): Promise<void> {
  await peer.query('health', {}, { withinMs: ALIVE_WITHIN_MS }).catch((error: unknown) => {
    const advice = `start one with \`quantrac up --data ${data}\`, or name its folder with --data`;
    throw Fault.unavailable('NodeDown', `no node is up in ${data} (${service} does not answer): ${advice}`, error);
  });
}
