import { MongoDocumentStore } from '@quantrac/document-store/mongo-document-store';
import { Fault } from '@quantrac/event-sourcing';
import { connectToMongo } from '@quantrac/mongo/mongo-connection';
import { onceThere, type Waiting } from './once-there.ts';
import type { ServerSettings } from './server-settings.ts';

const nodes = { name: 'nodes' };
const IDENTITY = 'identity';

/** The id that the node's services have agreed on in MongoDB; whoever comes first brings it. */
export const nodeInMongo = (
  { mongoUrl, mongoPrefix }: ServerSettings,
  proposed: string,
  waiting: Waiting,
): Promise<string> =>
  onceThere(async () => {
    const { database, close } = await connectToMongo(mongoUrl, `${mongoPrefix}node`);
    try {
      const documents = await MongoDocumentStore.open(database);
      await documents.putMany(nodes, [{ key: IDENTITY, document: { node: proposed }, expected: 0 }]);
      return (await documents.get<{ node: string }>(nodes, IDENTITY))!.document.node;
    } finally {
      await close();
    }
  }, waiting);

/** Throws the Fault `invalid` where the databases are another node's. */
export function refuseOtherNode(agreed: string, wanted: string | undefined, { mongoPrefix }: ServerSettings): void {
  if (wanted === undefined || wanted === agreed) return;
  throw Fault.invalid(
    'NodeChanged',
    `the databases ${mongoPrefix}... belong to node ${agreed}, not ${wanted}: give each node a MONGO_PREFIX of its own`,
  );
}
