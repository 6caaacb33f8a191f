import { Fault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';

/** An owner that does not say within so long that it is there is told to be down. */
export const ALIVE_WITHIN_MS = 1500;

/** Another service, once it has said that it is there: whoever asks a service that is down is told so at once. */
export async function alive(peer: (service: string) => Peer, service: string): Promise<Peer> {
  try {
    await peer(service).query('health', {}, { withinMs: ALIVE_WITHIN_MS });
    return peer(service);
  } catch (error) {
    throw Fault.unavailable('ServiceUnavailable', `${service} does not answer now: try again in a while`, error);
  }
}
