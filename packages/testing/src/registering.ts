import { randomUUID } from 'node:crypto';
import type { Actor, ChannelSettings } from '@quantrac/contracts';
import type { Peer } from '@quantrac/service';

export const tester: Actor = { account: 'tester', role: 'department' };

/** A new command by the tester. */
export const byTester = () => ({ actor: tester, commandId: randomUUID() });

export const MINUTE_MS = 60_000;

const parameterOf: Readonly<Record<string, string>> = { NH4: 'NH4-N' };
const unitOf: Readonly<Record<string, string>> = { pH: '-', Temp: '°C' };

/** Settings of a channel that sends every five minutes; what is given goes before. */
export const channelSettings = (symbol: string, given: Partial<ChannelSettings> = {}): ChannelSettings => ({
  from: null,
  names: [symbol],
  unit: unitOf[symbol] ?? 'mg/L',
  stamp: 'end',
  statistic: 'mean',
  intervalMs: 5 * MINUTE_MS,
  deliveryMs: 5 * MINUTE_MS,
  ...given,
});

export interface StationToRegister {
  readonly prefix: string;
  readonly symbols: readonly string[];
  readonly settings?: Partial<ChannelSettings>;
  /** An account that uploads for it, registered if need be. */
  readonly account?: { readonly user: string; readonly password: string };
  readonly kind?: 'wastewater' | 'ambient-air' | 'surface-water' | 'stack';
}

/** Registers a station that operates, with a channel for each symbol; the channels' ids are the symbols. */
export async function registerStation(
  registry: Peer,
  { prefix, symbols, settings, account, kind = 'wastewater' }: StationToRegister,
): Promise<string> {
  const { station } = await registry.handle<{ station: string }>(
    'RegisterStation',
    {
      kind,
      name: `Station ${prefix}`,
      lifecycle: 'operating',
      prefixes: [prefix],
      folder: { code: prefix, layout: 1 },
    },
    byTester(),
  );
  for (const symbol of symbols) {
    const channel = {
      station,
      channel: symbol,
      parameter: parameterOf[symbol] ?? symbol,
      settings: channelSettings(symbol, settings),
    };
    await registry.handle('AddChannel', channel, byTester());
  }
  if (account) {
    const { user, password } = account;
    await registry
      .handle('RegisterUploadAccount', { account: user, name: user, password, plainFtp: true }, byTester())
      .catch((error) => {
        if (!/already|exists|registered/i.test(String(error.message))) throw error;
      });
    await registry.handle('LinkAccount', { station, account: user }, byTester());
  }
  return station;
}
