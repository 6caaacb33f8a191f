import { hash, randomBytes } from 'node:crypto';
import type { CredentialsChecked } from '@quantrac/contracts/commands/station-registry';
import type { Peer } from '@quantrac/service';
import type { Credentials } from '../arrivals/arrival.ts';

const KEEP_MS = 5 * 60_000;
const MOST_KEPT = 10_000;

/**
 * Asks the registry, and remembers a verified login for a while, so that a registry that restarts stops nobody.
 * Loggers that come with one login at the same time share one question: a password takes long to check.
 */
export function registryCredentials(registry: Peer, clock: () => number): Credentials {
  const salt = randomBytes(16).toString('hex');
  const verified = new Map<string, { until: number; account: string }>();
  const asked = new Map<string, Promise<CredentialsChecked>>();
  const ask = (key: string, data: object, from: string) => {
    const under = asked.get(key);
    if (under) return under;
    const by = {
      actor: { account: 'ingestion', role: 'system', from } as const,
      commandId: `login-${randomBytes(8).toString('hex')}`,
    };
    const asking = registry.handle<CredentialsChecked>('CheckCredentials', data, by).finally(() => asked.delete(key));
    asked.set(key, asking);
    return asking;
  };
  return {
    async check(account, password, { way, secure, from }) {
      const key = hash('sha256', JSON.stringify([salt, account, password, way, secure]));
      const known = verified.get(key);
      if (known && known.until > clock()) return { ok: true, account: known.account };
      const answer = await ask(key, { account, password, way, secure }, from);
      if (!answer.ok) return { ok: false };
      if (verified.size >= MOST_KEPT) verified.clear();
      verified.set(key, { until: clock() + KEEP_MS, account: answer.account });
      return { ok: true, account: answer.account };
    },
  };
}
