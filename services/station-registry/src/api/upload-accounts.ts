import { randomBytes } from 'node:crypto';
import type { CredentialsChecked, stationRegistryCommands } from '@quantrac/contracts/commands/station-registry';
import { commandHandler, Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';
import type { z } from 'zod';
import {
  hashesAt,
  type UploadAccount,
  type UploadAccountChange,
  type UploadAccountEvent,
  uploadAccount,
} from '../domain/upload-account.ts';
import { type RegistryView, stationsOf } from '../read-models/registry.ts';
import { accountStream } from '../read-models/streams.ts';
import { appendOptions } from './append-options.ts';
import { hashPassword, isPassword } from './passwords.ts';

type Data<Name extends keyof typeof stationRegistryCommands> = z.infer<(typeof stationRegistryCommands)[Name]>;

export interface UploadAccounts {
  register(data: Data<'RegisterUploadAccount'>, context: CommandContext): Promise<{ account: string }>;
  setPassword(data: Data<'SetUploadPassword'>, context: CommandContext): Promise<{ account: string }>;
  change(account: string, change: UploadAccountChange, context: CommandContext): Promise<{ account: string }>;
  /** Throws where no station may be linked to it. */
  refuseUnusable(account: string): Promise<void>;
  check(data: Data<'CheckCredentials'>, at: number): Promise<CredentialsChecked>;
}

/** Passwords are hashed here: what is stored and decided about are hashes. */
export const uploadAccounts = (events: EventStore, view: RegistryView): UploadAccounts => {
  const handle = commandHandler(uploadAccount, events.streams<UploadAccountEvent>());
  /** Nobody's: compared with where there is nothing to compare with, so that an unknown account takes as long. */
  const decoy = hashPassword(randomBytes(24).toString('hex'));

  const known = async (account: string): Promise<UploadAccount | undefined> =>
    fold(uploadAccount, (await events.read<UploadAccountEvent>(accountStream(account))).events);

  const change: UploadAccounts['change'] = async (account, asked, context) => {
    await handle(accountStream(account), { ...asked, at: toInstant(context.at) }, appendOptions(context));
    return { account };
  };

  /** The stored hash, if it is of this password: the same request again must change nothing. */
  const hashOf = async (account: string, password: string): Promise<string> => {
    const hash = (await known(account))?.hash;
    return hash !== undefined && (await isPassword(password, hash)) ? hash : hashPassword(password);
  };

  return {
    change,
    async register({ account, name, password, plainFtp }, context) {
      const hash = await hashOf(account, password);
      return change(account, { type: 'RegisterUploadAccount', account, name, plainFtp, hash }, context);
    },
    async setPassword({ account, password, oldValidUntil }, context) {
      const hash = await hashOf(account, password);
      return change(account, { type: 'SetUploadPassword', hash, oldValidUntil }, context);
    },
    async refuseUnusable(account) {
      const found = await known(account);
      if (found && !found.revoked) return;
      throw Fault.notFound('AccountUnknown', `no upload account ${account} is in use: register it first`);
    },
    async check({ account: name, password, way, secure }, at) {
      const account = await known(name.trim().toLowerCase());
      const hashes = account ? hashesAt(account, toInstant(at)) : [];
      const [newest = await decoy, older = await decoy] = hashes;
      const matches = await Promise.all([isPassword(password, newest), isPassword(password, older)]);
      if (!account || !matches.includes(true)) return { ok: false, refused: 'credentials' };
      if (way === 'ftp' && !secure && !account.plainFtp) return { ok: false, refused: 'plain-ftp' };
      return { ok: true, account: account.account, stations: stationsOf(await view.current(), account.account) };
    },
  };
};
