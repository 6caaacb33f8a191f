import { type CommonSettings, commonSettings, readSettings } from '@quantrac/service';

/** Where a command finds the servers and the services of a node: by the same variables as they do. */
export const commandSettings = (given: { readonly data?: string } = {}): CommonSettings =>
  readSettings(commonSettings, process.env, given);
