import { type Decider, Fault } from '@quantrac/event-sourcing';
import type { Instant } from './interval.ts';

/** Stored for ever: names and shapes are the storage format. Of a password only its hash is known here. */
export type UploadAccountEvent =
  | {
      readonly type: 'UploadAccountRegistered';
      readonly data: {
        readonly account: string;
        readonly name: string;
        readonly plainFtp: boolean;
        readonly hash: string;
        readonly at: Instant;
      };
    }
  | { readonly type: 'UploadAccountRenamed'; readonly data: { readonly name: string; readonly at: Instant } }
  /** The password before is valid until `oldUntil`; null: no longer. */
  | {
      readonly type: 'UploadPasswordSet';
      readonly data: { readonly hash: string; readonly oldUntil: Instant | null; readonly at: Instant };
    }
  | {
      readonly type: 'OldUploadPasswordLimited';
      readonly data: { readonly oldUntil: Instant | null; readonly at: Instant };
    }
  | { readonly type: 'PlainFtpAllowed' | 'PlainFtpForbidden'; readonly data: { readonly at: Instant } }
  | { readonly type: 'UploadAccountRevoked'; readonly data: { readonly reason: string; readonly at: Instant } };

export type UploadAccountChange =
  | {
      readonly type: 'RegisterUploadAccount';
      readonly account: string;
      readonly name: string;
      readonly plainFtp: boolean;
      readonly hash: string;
    }
  | { readonly type: 'RenameUploadAccount'; readonly name: string }
  /** The present hash again: only how long the password before stays valid may change. */
  | {
      readonly type: 'SetUploadPassword';
      readonly hash: string;
      readonly oldValidUntil?: Instant | undefined;
    }
  | { readonly type: 'AllowPlainFtp'; readonly allowed: boolean }
  | { readonly type: 'RevokeUploadAccount'; readonly reason: string };

export type UploadAccountCommand = UploadAccountChange & { readonly at: Instant };

/** Who may send files, under the name it logs in with. Which stations it may send for is said by the stations. */
export interface UploadAccount {
  readonly account: string;
  readonly name: string;
  readonly plainFtp: boolean;
  readonly hash: string;
  readonly passwordSetAt: Instant;
  readonly old?: { readonly hash: string; readonly until: Instant };
  readonly revoked?: { readonly at: Instant; readonly reason: string };
}

type Of<Type extends UploadAccountCommand['type']> = Extract<UploadAccountCommand, { readonly type: Type }>;

const decide = (command: UploadAccountCommand, account: UploadAccount | undefined): readonly UploadAccountEvent[] => {
  if (command.type === 'RegisterUploadAccount') return register(command, account);
  if (account === undefined)
    throw Fault.notFound('AccountUnknown', 'no upload account has this name: register it first');
  if (command.type === 'RevokeUploadAccount')
    return account.revoked ? [] : [{ type: 'UploadAccountRevoked', data: { reason: command.reason, at: command.at } }];
  if (account.revoked)
    throw Fault.rejected('AccountRevoked', `account ${account.account} is revoked: register another one`);
  const { at } = command;
  switch (command.type) {
    case 'RenameUploadAccount':
      return command.name === account.name ? [] : [{ type: 'UploadAccountRenamed', data: { name: command.name, at } }];
    case 'SetUploadPassword':
      return setPassword(command, account);
    case 'AllowPlainFtp':
      if (command.allowed === account.plainFtp) return [];
      return [{ type: command.allowed ? 'PlainFtpAllowed' : 'PlainFtpForbidden', data: { at } }];
  }
};

const evolve = (account: UploadAccount | undefined, event: UploadAccountEvent): UploadAccount | undefined => {
  if (event.type === 'UploadAccountRegistered') {
    const { at: passwordSetAt, ...registered } = event.data;
    return { ...registered, passwordSetAt };
  }
  return account && next(account, event);
};

export const uploadAccount: Decider<UploadAccount | undefined, UploadAccountCommand, UploadAccountEvent> = {
  initial: undefined,
  decide,
  evolve,
};

/** The hashes that are valid at an instant, the newest first; at most two. */
export const hashesAt = ({ hash, old, revoked }: UploadAccount, at: Instant): readonly string[] => {
  if (revoked) return [];
  return old && at < old.until ? [hash, old.hash] : [hash];
};

const next = (
  account: UploadAccount,
  event: Exclude<UploadAccountEvent, { type: 'UploadAccountRegistered' }>,
): UploadAccount => {
  const { old, ...withoutOld } = account;
  switch (event.type) {
    case 'UploadAccountRenamed':
      return { ...account, name: event.data.name };
    case 'UploadPasswordSet': {
      const { hash, oldUntil, at } = event.data;
      return {
        ...withoutOld,
        hash,
        passwordSetAt: at,
        ...(oldUntil && { old: { hash: account.hash, until: oldUntil } }),
      };
    }
    case 'OldUploadPasswordLimited': {
      const { oldUntil } = event.data;
      return { ...withoutOld, ...(old && oldUntil && { old: { ...old, until: oldUntil } }) };
    }
    case 'PlainFtpAllowed':
      return { ...account, plainFtp: true };
    case 'PlainFtpForbidden':
      return { ...account, plainFtp: false };
    case 'UploadAccountRevoked':
      return { ...account, revoked: event.data };
  }
};

const register = (
  { account, name, plainFtp, hash, at }: Of<'RegisterUploadAccount'>,
  known: UploadAccount | undefined,
): readonly UploadAccountEvent[] => {
  if (known === undefined) return [{ type: 'UploadAccountRegistered', data: { account, name, plainFtp, hash, at } }];
  if (!known.revoked && known.name === name && known.plainFtp === plainFtp && known.hash === hash) return [];
  throw Fault.rejected('AccountExists', `account ${account} is registered already: change it, or choose another name`);
};

const setPassword = (
  { hash, oldValidUntil, at }: Of<'SetUploadPassword'>,
  account: UploadAccount,
): readonly UploadAccountEvent[] => {
  const oldUntil = oldValidUntil !== undefined && oldValidUntil > at ? oldValidUntil : null;
  if (hash !== account.hash) return [{ type: 'UploadPasswordSet', data: { hash, oldUntil, at } }];
  const untilNow = account.old && account.old.until > at ? account.old.until : null;
  return untilNow === null || untilNow === oldUntil
    ? []
    : [{ type: 'OldUploadPasswordLimited', data: { oldUntil, at } }];
};
