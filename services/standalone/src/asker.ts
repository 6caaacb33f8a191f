import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { Fault } from '@quantrac/event-sourcing';
import { type Peer, peersOf, socketPath } from '@quantrac/service';

/** Whoever sits at the command line of the server. */
export const operator = () => ({
  actor: { account: `os:${userInfo().username}`, role: 'server-operator' as const, from: 'command line' },
  commandId: `cli-${randomBytes(9).toString('hex')}`,
});

/** Works with the services of the node that runs on a data folder, and lets go of them. Throws the Fault `NodeDown` when none does. */
export async function askingNode<Result>(
  data: string,
  services: readonly string[],
  ask: (peer: (service: string) => Peer) => Promise<Result>,
): Promise<Result> {
  const { peer, close } = peersOf(data);
  try {
    for (const service of services) await listening(data, service);
    return await ask(peer);
  } finally {
    close();
  }
}

/** Asks each of these services that runs on a data folder. Throws the Fault `NodeDown` when none does. */
export async function askingThoseUp<Result>(
  data: string,
  services: readonly string[],
  ask: (peer: Peer, service: string) => Promise<Result>,
): Promise<readonly Result[]> {
  const looked = await Promise.allSettled(services.map((service) => listening(data, service)));
  const up = services.filter((_, at) => looked[at]!.status === 'fulfilled');
  return askingNode(data, up.length > 0 ? up : services, (peer) =>
    Promise.all(up.map((service) => ask(peer(service), service))),
  );
}

/** Asks one service of the node that works on a data folder, and lets go of it. */
export const asking = <Result>(data: string, service: string, ask: (peer: Peer) => Promise<Result>): Promise<Result> =>
  askingNode(data, [service], (peer) => ask(peer(service)));

/** Known at once, however busy a node is: a socket that nobody listens at refuses. */
function listening(data: string, service: string): Promise<void> {
  const socket = connect(socketPath(data, service));
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => {
      const advice = `start one with \`quantrac up --data ${data}\`, or name its folder with --data`;
      reject(Fault.unavailable('NodeDown', `no node is up in ${data} (${service} does not listen): ${advice}`, error));
    });
  });
}
