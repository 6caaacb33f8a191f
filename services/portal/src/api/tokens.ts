import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandHandler, Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import type { CommandContext } from '@quantrac/service';
import { type Role, type Scope, type Token, type TokenEvent, token } from '../domain/token.ts';

const streamOf = (id: string): string => `token-${id}`;
const KEEP_MS = 5000;
const MOST_KEPT = 1000;

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly organisation?: string | undefined;
  readonly scope?: Scope | undefined;
}

export interface Tokens {
  /** The secret is shown here and never again. */
  create(wanted: NewToken, context: CommandContext): Promise<{ token: string; secret: string }>;
  revoke(id: string, reason: string, context: CommandContext): Promise<void>;
  list(): Promise<readonly Omit<Token, 'secretHash'>[]>;
  /** The token whose secret this is; undefined for anything else. */
  verified(secret: string): Promise<Token | undefined>;
  /** A node's first token lies in a file of its data folder, for whoever operates the server. */
  first(data: string): Promise<void>;
}

/** Named tokens of people and programs; only the hashes of their secrets are kept. */
export function tokensOf(events: EventStore): Tokens {
  const handle = commandHandler(token, events.streams<TokenEvent>());
  const kept = new Map<string, { until: number; token: Token | undefined }>();
  const load = async (id: string) => {
    const known = kept.get(id);
    if (known && known.until > performance.now()) return known.token;
    const { events: past } = await events.read<TokenEvent>(streamOf(id));
    const found = fold(token, past);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(id, { until: performance.now() + KEEP_MS, token: found });
    return found;
  };
  const tokens: Tokens = {
    async create({ name, role, organisation, scope }, { actor, commandId, at }) {
      const id = hash('sha256', commandId).slice(0, 12);
      const key = randomBytes(24).toString('base64url');
      const who = { by: actor.account, at: new Date(at).toISOString() };
      const command = {
        type: 'CreateToken' as const,
        token: id,
        name,
        role,
        organisation: organisation ?? null,
        scope: scope ?? null,
        secretHash: hash('sha256', key),
        ...who,
      };
      const { events: made } = await handle(streamOf(id), command, {
        commandId,
        metadata: { ...who, account: actor.account },
      });
      if (made.length === 0)
        throw Fault.conflict(
          'TokenExists',
          'this request has made its token already, and its secret is shown once: ask for a new one',
        );
      return { token: id, secret: `qt_${id}_${key}` };
    },
    async revoke(id, reason, { actor, commandId, at }) {
      const who = { by: actor.account, at: new Date(at).toISOString() };
      await handle(
        streamOf(id),
        { type: 'RevokeToken', reason, ...who },
        { commandId, metadata: { ...who, account: actor.account } },
      );
      kept.delete(id);
    },
    async list() {
      const ids = new Set<string>();
      for (let after = 0; ; ) {
        const commits = await events.readAll(after, 1000);
        if (commits.length === 0) break;
        for (const { streamId } of commits) if (streamId.startsWith('token-')) ids.add(streamId.slice('token-'.length));
        after = commits.at(-1)!.position;
      }
      const all = await Promise.all([...ids].map(load));
      return all.flatMap((found) => (found ? [withoutHash(found)] : []));
    },
    async verified(secret) {
      const [, id, key] = /^qt_([0-9a-f]{12})_([\w-]{10,100})$/.exec(secret) ?? [];
      if (!id || !key) return undefined;
      const found = await load(id);
      const right = found && timingSafeEqual(Buffer.from(found.secretHash), Buffer.from(hash('sha256', key)));
      return right && !found.revoked ? found : undefined;
    },
    async first(data) {
      const file = join(data, 'portal.token');
      if (existsSync(file) || (await tokens.list()).length > 0) return;
      const context: CommandContext = {
        actor: { account: 'portal', role: 'system' },
        commandId: `first-${randomBytes(8).toString('hex')}`,
        at: Date.now(),
      };
      const { secret } = await tokens.create({ name: 'first administrator', role: 'department' }, context);
      writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    },
  };
  return tokens;
}

const withoutHash = ({ secretHash: _, ...rest }: Token): Omit<Token, 'secretHash'> => rest;
