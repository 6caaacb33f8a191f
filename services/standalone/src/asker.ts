import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { Fault } from '@quantrac/event-sourcing';
import { type CommonSettings, type Peer, peersOf, socketPath } from '@quantrac/service';
import { commandSettings } from './config.ts';

/** Whoever sits at the command line of the server. */
export const operator = () => ({
  actor: { account: `os:${userName()}`, role: 'server-operator' as const, from: 'command line' },
  commandId: `cli-${randomBytes(9).toString('hex')}`,
});

/** In a container the system may not know whom it runs for. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `${process.getuid?.()}`;
  }
}

/**
 * Works with the services of the node that runs on a data folder, or that QUANTRAC_PEERS names, and lets go of them. Throws the Fault
 * `NodeDown` when none does.
 */
export async function askingNode<Result>(
  data: string,
  services: readonly string[],
  ask: (peer: (service: string) => Peer) => Promise<Result>,
): Promise<Result> {
  const settings = commandSettings({ data });
  const { peer, close } = peersOf(data, settings);
  try {
    for (const service of services) await listening(settings, service);
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
  const settings = commandSettings({ data });
  const looked = await Promise.allSettled(services.map((service) => listening(settings, service)));
  const up = services.filter((_, at) => looked[at]!.status === 'fulfilled');
  return askingNode(data, up.length > 0 ? up : services, (peer) =>
    Promise.all(up.map((service) => ask(peer(service), service))),
  );
}

/** Asks one service of the node that works on a data folder, and lets go of it. */
export const asking = <Result>(data: string, service: string, ask: (peer: Peer) => Promise<Result>): Promise<Result> =>
  askingNode(data, [service], (peer) => ask(peer(service)));

/** Known at once, however busy a node is: where nobody listens a connection is refused. */
function listening({ data, peers }: CommonSettings, service: string): Promise<void> {
  const address = peers?.[service];
  const colon = address?.lastIndexOf(':');
  const socket = address
    ? connect(Number(address.slice(colon! + 1)), address.slice(0, colon).replace(/^\[|\]$/g, ''))
    : connect(socketPath(data, service));
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => {
      const [place, advice] = address
        ? [`at ${address}`, 'see QUANTRAC_PEERS']
        : [`in ${data}`, `start one with \`quantrac up --data ${data}\`, or name its folder with --data`];
      reject(Fault.unavailable('NodeDown', `no node is up ${place} (${service} does not listen): ${advice}`, error));
    });
  });
}
