import type { Collection, DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';

/** Time as ingestion takes it: from the system, or from a simulator that says what time it is. All times in ms. */
export interface IntakeClock {
  readonly now: () => number;
  /** Since when the node has been receiving without a break. */
  readonly openSince: () => number;
  /** Only for a driven clock; never backward. */
  advance(to: number): Promise<void>;
  /** Notes that the node is there, so that a short stop is no break. */
  seen(): Promise<void>;
  /** Before anything is told by it: an instance that could note nothing for a while, or stood still, finds out whether the node was away. */
  ready(): Promise<void>;
}

interface StoredClock {
  readonly at: number;
  readonly openSince: number;
}

const clocks: Collection<StoredClock> = { name: 'intake-clock' };
/** Nobody misses a node that was away for less. */
const AWAY_MS = 60_000;

/** All instances of a node share its break: it is away while none of them can note that it is there. */
export async function systemClock(documents: DocumentStore, now: () => number): Promise<IntakeClock> {
  let openSince = now();
  let seenAt = Number.NEGATIVE_INFINITY;
  const seen = async () => {
    const stored = (await documents.get(clocks, 'system'))?.document;
    const at = now();
    const stayed = stored !== undefined && Math.abs(at - stored.at) <= AWAY_MS;
    openSince = stayed ? stored.openSince : at;
    await documents.put(clocks, { key: 'system', document: { at, openSince } });
    seenAt = at;
  };
  await seen();
  return {
    now,
    openSince: () => openSince,
    async advance() {
      throw Fault.rejected(
        'ClockNotDriven',
        'this node lives by the clock of its system: start it with a driven clock to simulate',
      );
    },
    seen,
    async ready() {
      if (Math.abs(now() - seenAt) > AWAY_MS) await seen();
    },
  };
}

/** Stands still until it is moved, and where it stood after a restart; before its first move it says the system's time. */
export async function drivenClock(documents: DocumentStore, now: () => number): Promise<IntakeClock> {
  let stored = (await documents.get(clocks, 'driven'))?.document;
  return {
    now: () => stored?.at ?? now(),
    openSince: () => stored?.openSince ?? now(),
    async advance(to) {
      if (stored && to < stored.at) throw Fault.rejected('ClockBackward', 'the driven clock only goes forward');
      if (stored?.at === to) return;
      const document = { at: to, openSince: stored?.openSince ?? to };
      await documents.put(clocks, { key: 'driven', document });
      stored = document;
    },
    async seen() {},
    async ready() {},
  };
}
