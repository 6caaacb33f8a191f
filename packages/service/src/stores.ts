import type { LogRecord, Topic } from '@quantrac/event-log';
import type { Stores } from './definition.ts';
import { openEmbeddedStores } from './embedded-stores.ts';
import { knownNode, newNode, nodeIdentity } from './node-folder.ts';
import type { Waiting } from './once-there.ts';
import { serversOf } from './server-settings.ts';
import type { CommonSettings } from './settings.ts';
import type { AskedServer } from './telemetry/asked-servers.ts';

export interface HostedStores extends Stores {
  /** That they lie on; none on the embedded default. */
  readonly servers: readonly AskedServer[];
  /** Makes closed hours small, a little at a time; true when there is more to do. */
  tidy(): Promise<boolean>;
  /** Raises the log's epoch where the topics hold what the stores do not know: they were restored. A file of its own finds that out when it opens. */
  raiseIfUnknown(isKnown: (topic: Topic, record: LogRecord) => Promise<boolean>): Promise<boolean>;
  close(): Promise<void>;
}

export interface StoresOptions extends Waiting {
  readonly settings: CommonSettings;
  readonly service: string;
  readonly node: string;
}

/** The stores of one service, or of one instance of it: on the servers that its settings name, or in a file of its own. */
export async function openStores({ settings, ...of }: StoresOptions): Promise<HostedStores> {
  const servers = serversOf(settings);
  if (!servers) return openEmbeddedStores(settings.data, of.service, settings.instance ?? 'only');
  // who needs no server loads no client
  const { openProductionStores } = await import('./production-stores.ts');
  return openProductionStores({ ...of, servers });
}

/** The node's permanent id: what its databases say on servers, else what its data folder says; a new node takes `wanted`. */
export async function nodeOf(settings: CommonSettings, wanted: string | undefined, waiting: Waiting): Promise<string> {
  const { data } = settings;
  const servers = serversOf(settings);
  if (!servers) return nodeIdentity(data, wanted).node;
  const { nodeInMongo, refuseOtherNode } = await import('./production-node.ts');
  const known = wanted ?? knownNode(data);
  const agreed = await nodeInMongo(servers, known ?? newNode(), waiting);
  refuseOtherNode(agreed, known, servers);
  return nodeIdentity(data, agreed).node;
}
