import { createServer, connect as dial, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connectToMongo, type MongoDatabase } from './mongo-connection.ts';
import { mongoUrl } from './mongo-stores-under-test.ts';

export interface LosingAnswers {
  readonly database: MongoDatabase;
  /** The next such command reaches the server, which does it; the connection ends before its answer. */
  loseAnswerTo(command: 'insert' | 'update' | 'delete' | 'find'): void;
}

/** For tests: a new database of the server at `MONGO_URL`, behind a line that can break. */
export async function losingAnswers(t: TestContext, name: string): Promise<LosingAnswers> {
  const server = new URL(mongoUrl());
  let lost: string | undefined;
  const line = createServer((client) => {
    const upstream = dial(Number(server.port || 27_017), server.hostname);
    let breaks = false;
    client.on('data', (asked) => {
      if (lost !== undefined && asked.includes(`\u0002${lost}\0`)) {
        breaks = true;
        lost = undefined;
      }
      upstream.write(asked);
    });
    upstream.on('data', (answer) => (breaks ? client.destroy() : client.write(answer)));
    joinEnds(client, upstream);
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const { port } = line.address() as { port: number };
  const url = new URL(server);
  url.host = `127.0.0.1:${port}`;
  // or it would ask the members of a replica set for their own addresses
  url.searchParams.delete('replicaSet');
  url.searchParams.set('directConnection', 'true');
  const { database, close } = await connectToMongo(url.href, name);
  t.after(async () => {
    await database.dropDatabase();
    await close();
    line.close();
  });
  return {
    database,
    loseAnswerTo: (command) => {
      lost = command;
    },
  };
}

export function joinEnds(one: Socket, other: Socket): void {
  for (const [end, far] of [
    [one, other],
    [other, one],
  ] as const) {
    end.on('error', () => {});
    end.on('close', () => far.destroy());
  }
}
