import { type Relay, relayOnce } from '@quantrac/stream-processing';
import type { Logger } from 'pino';
import type { Bell } from './bell.ts';
import type { Running, ServiceDefinition, Stores } from './definition.ts';

/** For what another instance has committed; what this one commits is told. */
const RELAY_LOOKS_MS = 250;

interface RelayShell {
  readonly node: string;
  /** Rings when something was committed here. */
  readonly appended: Bell;
  /** By relay that has something to tell, when it had nothing before. */
  readonly behindSince: Map<string, number>;
  readonly log: Logger;
}

/** Each relay goes on until nothing is left, then waits for news, or stops; commands are rare, readings never come this way. */
export function startRelays(
  { relays }: ServiceDefinition,
  stores: Stores,
  { node, appended, behindSince, log }: RelayShell,
): Running {
  let stopping = false;
  const run = async (relay: Relay) => {
    for (let caughtUp = performance.now(); ; ) {
      const last = stopping;
      const looked = performance.now();
      const heard = appended.rung();
      const moved = await relayOnce(relay, { ...stores, node, epoch: stores.log.epoch }).catch((error) => {
        log.warn({ relay: relay.name, error }, 'a relay could not go on and tries again');
        return undefined;
      });
      if (moved === false) {
        behindSince.delete(relay.name);
        caughtUp = looked;
      } else if (!behindSince.has(relay.name)) behindSince.set(relay.name, caughtUp);
      if (moved) continue;
      if (last) return;
      await appended.wait(heard, RELAY_LOOKS_MS);
    }
  };
  const running = relays.map(run);
  return {
    async stop() {
      stopping = true;
      appended.ring();
      await Promise.all(running);
      behindSince.clear();
    },
  };
}
