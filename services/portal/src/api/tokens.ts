import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandHandler, Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import type { CommandContext } from '@quantrac/service';
import { administers } from '../domain/permissions.ts';
import { type Role, type Scope, type Token, type TokenEvent, token } from '../domain/token.ts';

/** What was revoked at another instance is refused here after so long. */
const KEEP_MS = 5000;
const MOST_KEPT = 1000;
const COMMITS_A_PAGE = 1000;

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly organisation?: string | undefined;
  readonly scope?: Scope | undefined;
}

export interface Tokens {
  /** The secret is told here and never again: the same command id again is the Fault `TokenExists`. */
  create(wanted: NewToken, context: CommandContext): Promise<{ token: string; secret: string }>;
  revoke(id: string, reason: string, context: CommandContext): Promise<void>;
  list(): Promise<readonly Omit<Token, 'secretHash'>[]>;
  /** The token whose secret this is; undefined for anything else. */
  verified(secret: string): Promise<Token | undefined>;
  /** How many secrets were none, since the start. */
  refused(): number;
  /**
   * While nobody could administer, a token for whoever operates the server lies in a file of the data folder; its path when it was made.
   * The file goes before the token: after a crash between the two the next start registers what the file says.
   */
  first(data: string, at: number): Promise<string | undefined>;
}

/** Named tokens of people and programs; only the hashes of their secrets are kept. */
export function tokensOf(events: EventStore, keepMs = KEEP_MS): Tokens {
  const handle = commandHandler(token, events.streams<TokenEvent>());
  const { find, forget, ids } = tokenReader(events, keepMs);
  const make = async ({ id, key }: Secret, { name, role, organisation, scope }: NewToken, context: CommandContext) => {
    const { commandId, by, metadata } = said(context);
    const command = { name, role, organisation: organisation ?? null, scope: scope ?? null, ...by };
    const made = { type: 'CreateToken' as const, token: id, secretHash: hash('sha256', key), ...command };
    const { events: happened } = await handle(streamOf(id), made, { commandId, metadata });
    forget(id);
    if (happened.length === 0)
      throw Fault.conflict(
        'TokenExists',
        'this request has made its token already, and a secret is told once: revoke it',
      );
  };
  const list = async () => {
    const found = await Promise.all((await ids()).map(find));
    return found.filter((each) => each !== undefined).map(({ secretHash: _, ...rest }) => rest);
  };
  const holder = async (text: string): Promise<Token | undefined> => {
    const secret = secretOf(text);
    const found = secret && (await find(secret.id));
    if (!found || found.revoked) return undefined;
    const same = timingSafeEqual(Buffer.from(found.secretHash), Buffer.from(hash('sha256', secret.key)));
    return same ? found : undefined;
  };
  let refused = 0;
  return {
    async create(wanted, context) {
      const secret = newSecret(hash('sha256', context.commandId).slice(0, ID_DIGITS));
      await make(secret, wanted, context);
      return { token: secret.id, secret: textOf(secret) };
    },
    async revoke(id, reason, context) {
      const { commandId, by, metadata } = said(context);
      await handle(streamOf(id), { type: 'RevokeToken', reason, ...by }, { commandId, metadata });
      forget(id);
    },
    list,
    async verified(text) {
      const found = await holder(text);
      if (!found && text !== '') refused++;
      return found;
    },
    refused: () => refused,
    async first(data, at) {
      if ((await list()).some(({ role, scope, revoked }) => administers(role) && scope === null && !revoked)) return;
      const file = join(data, 'portal.token');
      const written = secretOf(textIn(file));
      const secret =
        written && !(await find(written.id)) ? written : newSecret(randomBytes(ID_DIGITS / 2).toString('hex'));
      writeFileSync(file, `${textOf(secret)}\n`, { mode: 0o600 });
      const context = { actor: { account: 'portal', role: 'system' }, commandId: `first-${secret.id}`, at } as const;
      await make(secret, { name: 'first administrator', role: 'department' }, context);
      return file;
    },
  };
}

const streamOf = (id: string): string => `token-${id}`;

const said = ({ actor, commandId, at }: CommandContext) => {
  const by = { by: actor.account, at: new Date(at).toISOString() };
  return { commandId, by, metadata: by };
};

function tokenReader(events: EventStore, keepMs: number) {
  const kept = new Map<string, { until: number; token: Token | undefined }>();
  const read = async (id: string) => fold(token, (await events.read<TokenEvent>(streamOf(id))).events);
  return {
    forget: (id: string) => void kept.delete(id),
    async find(id: string): Promise<Token | undefined> {
      const known = kept.get(id);
      if (known && known.until > performance.now()) return known.token;
      const found = await read(id);
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(id, { until: performance.now() + keepMs, token: found });
      return found;
    },
    async ids(): Promise<readonly string[]> {
      const found = new Set<string>();
      for (let after = 0; ; ) {
        const commits = await events.readAll(after, COMMITS_A_PAGE);
        for (const { streamId } of commits) found.add(streamId.slice(streamOf('').length));
        if (commits.length < COMMITS_A_PAGE) return [...found];
        after = commits.at(-1)!.position;
      }
    },
  };
}

interface Secret {
  readonly id: string;
  readonly key: string;
}

const ID_DIGITS = 12;
const newSecret = (id: string): Secret => ({ id, key: randomBytes(24).toString('base64url') });
const textOf = ({ id, key }: Secret): string => `qt_${id}_${key}`;

function secretOf(text: string): Secret | undefined {
  const [, id, key] = /^qt_([0-9a-f]{12})_([\w-]{32})$/.exec(text) ?? [];
  return id && key ? { id, key } : undefined;
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
