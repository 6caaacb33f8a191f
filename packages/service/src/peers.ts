import type { ChannelOptions } from '@grpc/grpc-js';
import { connectPeer, type Peer } from './grpc-client.ts';
import { socketPath } from './node-folder.ts';
import { channelCredentialsOf, SECRET } from './peer-credentials.ts';
import type { PeerSettings } from './peer-settings.ts';

export interface Peers {
  /** A service of the node; connected when it is asked first. */
  readonly peer: (service: string) => Peer;
  close(): void;
}

/** A name may stand for several instances, which come and go. */
const byName: ChannelOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.service_config_disable_resolution': 1,
  'grpc.dns_min_time_between_resolutions_ms': 1000,
  // an instance that is gone without a word is found out
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/** The services of the node that works on a data folder: over TCP where the settings name them, else by their sockets. */
export function peersOf(data: string, settings: PeerSettings = {}): Peers {
  const connected = new Map<string, Peer>();
  const connect = (service: string): Peer => {
    const address = settings.peers?.[service];
    if (address === undefined) return connectPeer(`unix:${socketPath(data, service)}`);
    return connectPeer(`dns:///${address}`, {
      channel: channelCredentialsOf(settings),
      channelOptions: byName,
      metadata: { [SECRET]: settings.peerSecret! },
    });
  };
  return {
    peer(service) {
      const known = connected.get(service) ?? connect(service);
      connected.set(service, known);
      return known;
    },
    close() {
      for (const peer of connected.values()) peer.close();
      connected.clear();
    },
  };
}
