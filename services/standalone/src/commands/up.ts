import { cutAfter, letGo, loggerOf, STOP_WITHIN_MS, toldToEnd } from '@quantrac/service';
import { nodeSettings, type RunningNode, startNode } from '../node.ts';

export interface UpOptions {
  readonly data: string;
  readonly national?: boolean;
  readonly node?: string;
  readonly ministry?: string;
}

/** Runs a node until it is told to end; told while it starts, it ends once it has started. */
export async function up({ data, national = false, node, ministry }: UpOptions): Promise<void> {
  const tier = national ? 'national' : 'province';
  const options = {
    tier,
    data,
    node,
    settings: { portalTier: tier, ...(ministry !== undefined && { ministry }) },
  } as const;
  const settings = nodeSettings(options);
  const told = toldToEnd();
  const { stopWithinMs: withinMs = STOP_WITHIN_MS } = settings;
  let running: RunningNode | undefined;
  void cutAfter({ told, withinMs, left: () => running?.left() ?? ['start'], log: loggerOf(settings) });
  running = await startNode(options);
  try {
    await sayAddresses(running, national ? ['national-aggregation', 'portal'] : ['ingestion', 'portal']);
    process.stdout.write(`node ${running.node} is up, its data are in ${data}; Ctrl-C ends\n`);
    if (process.connected) process.send?.('up');
    await told;
  } finally {
    await running.stop();
    letGo();
  }
}

async function sayAddresses({ peer }: RunningNode, services: readonly string[]): Promise<void> {
  for (const service of services)
    for (const { address, way = service } of await peer(service).query<{ address: string; way?: string }>(
      'addresses',
      {},
    ))
      process.stdout.write(`${way.padEnd(8)} ${address}\n`);
}
