import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { connectPeer, type Peer, socketPath } from '@quantrac/service';

/** Whoever sits at the command line of the server. */
export const operator = () => ({
  actor: { account: `os:${userInfo().username}`, role: 'server-operator' as const, from: 'command line' },
  commandId: `cli-${randomBytes(9).toString('hex')}`,
});

/** Asks one service of the node that works on a data folder, and lets go of it. */
export async function asking<Result>(
  data: string,
  service: string,
  ask: (peer: Peer) => Promise<Result>,
): Promise<Result> {
  const peer = connectPeer(`unix:${socketPath(data, service)}`);
  try {
    return await ask(peer);
  } finally {
    peer.close();
  }
}
