import { connectPeer, type Peer } from './grpc-client.ts';
import { socketPath } from './node-folder.ts';

export interface Peers {
  /** A service of the node that works on a data folder; connected when it is asked first. */
  readonly peer: (service: string) => Peer;
  close(): void;
}

export function peersOf(data: string): Peers {
  const connected = new Map<string, Peer>();
  return {
    peer(service) {
      const known = connected.get(service) ?? connectPeer(`unix:${socketPath(data, service)}`);
      connected.set(service, known);
      return known;
    },
    close() {
      for (const peer of connected.values()) peer.close();
      connected.clear();
    },
  };
}
