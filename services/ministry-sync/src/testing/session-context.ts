import type { TestContext } from 'node:test';
import { emptyRoot, hashToBytes } from '@quantrac/journal';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { ministrySyncSettings } from '../config.ts';
import { type Ministry, ministryAt } from '../link/ministry.ts';
import type { SessionContext } from '../link/session.ts';

export const heartbeat: SessionContext['heartbeat'] = async () => ({
  size: 0n,
  sentAt: '2026-01-15T01:30:00.000Z',
  version: '1',
  diskFree: 1n,
  lateStations: undefined,
});

/** A node without records, on stores of its own, and its connection to a ministry. */
export async function sessionContextWith(
  t: TestContext,
  { address }: { readonly address: string },
  given: Partial<SessionContext> = {},
): Promise<{ ministry: Ministry; session: SessionContext }> {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ministry-sync');
  const ministry = ministryAt(address, ministrySyncSettings.parse({}));
  t.after(async () => {
    ministry.close();
    await stores.close();
  });
  const session = {
    journals: stores.journals,
    node: 'n1',
    sections: [{ incarnation: 1 }],
    windowBlocks: 16,
    heartbeatMs: 20,
    traceparents: () => [],
    heartbeat,
    extent: async () => ({ incarnation: 1, size: 0, root: hashToBytes(emptyRoot) }),
    directivesReceived: async () => ({ last: 0, hash: '' }),
    directivesTaken: async () => ({ upTo: 0n, refused: [] }),
    onWelcomed: () => undefined,
    onAcknowledged: () => undefined,
    onDirectives: async () => undefined,
    digests: async () => [],
    ...given,
  };
  return { ministry, session };
}
