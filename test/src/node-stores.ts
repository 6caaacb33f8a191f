import {
  type CommonSettings,
  commonSettings,
  type HostedStores,
  loggerOf,
  nodeOf,
  openStores,
} from '@quantrac/service';

/** Where the services of a node keep what they have: its data folder, and the servers that they were given. */
export type NodeStores = Pick<CommonSettings, 'data'> & Partial<CommonSettings>;

/** What one of them holds; opened while nobody works on it. */
export async function openStoresOf(stores: NodeStores, service: string): Promise<HostedStores> {
  const settings = commonSettings.parse({ ...stores, logLevel: 'warn' });
  const waiting = { log: loggerOf(settings) };
  return openStores({ settings, service, node: await nodeOf(settings, undefined, waiting), ...waiting });
}
