import type { Peer } from '@quantrac/service';
import type { Target } from './deliver.ts';
import type { Registered } from './register.ts';

/** Where a node's loggers send to: what ingestion says, with the accounts that were registered. */
export async function targetOf(ingestion: Peer, { accounts }: Registered): Promise<Target> {
  const addresses = await ingestion.query<{ way: string; address: string }>('addresses', {});
  const address = (way: string) => addresses.find((row) => row.way === way)!.address;
  return {
    ingestion,
    httpUrl: address('http'),
    ftpPort: Number(new URL(address('ftp')).port),
    inbox: address('folder'),
    accountOf: (code: string) => accounts.get(code)!,
  };
}
