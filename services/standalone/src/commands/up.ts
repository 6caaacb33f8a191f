import { startNode } from '../node.ts';

export interface UpOptions {
  readonly data: string;
  readonly national?: boolean;
  readonly node?: string;
  readonly ministry?: string;
}

/** Runs a node until it is told to end. */
export async function up({ data, national = false, node, ministry }: UpOptions): Promise<void> {
  const tier = national ? 'national' : 'province';
  const running = await startNode({ tier, data, node, settings: { portalTier: tier, ...(ministry && { ministry }) } });
  const listening = national ? ['national-aggregation', 'portal'] : ['ingestion', 'portal'];
  for (const service of listening)
    for (const { address, way = service } of await running
      .peer(service)
      .query<{ address: string; way?: string }>('addresses', {}))
      process.stdout.write(`${way.padEnd(8)} ${address}\n`);
  process.stdout.write(`node ${running.node} is up, its data are in ${data}; Ctrl-C ends\n`);
  process.send?.('up');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await running.stop();
}
