import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '@quantrac/certificates';
import { freePort } from './free-port.ts';
import { jarsOf, serverFile } from './jars.ts';
import { startJavaServer, type TestServer } from './java-server.ts';

export interface MongoServerOptions {
  /** Holds its log, and its data if they are kept. */
  readonly folder: string;
  /** Keeps its data in a file, so that it can be stopped and started again; without: in memory, which is quicker. */
  readonly keeps?: boolean;
  /** Demands TLS, with this certificate. */
  readonly tls?: Certificate;
}

/** A server of MongoDB's wire protocol on loopback. */
export async function startMongo({ folder, keeps = false, tls }: MongoServerOptions): Promise<TestServer> {
  const jars = await jarsOf('mongo');
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const data = keeps ? [join(folder, 'data.h2')] : [];
  const pem = join(folder, 'server.pem');
  if (tls) writeFileSync(pem, `${tls.key}${tls.cert}`);
  return startJavaServer({
    address: `mongodb://127.0.0.1:${port}`,
    described: 'mongo-java-server 1.47.0, which stands in for MongoDB (from Maven)',
    arguments: [
      '-Xmx3g',
      ...(tls ? [`-Dtls=${pem}`] : []),
      '-cp',
      jars,
      serverFile('mongo/StandIn.java'),
      `${port}`,
      ...data,
    ],
    port,
    logFile: join(folder, 'server.log'),
  });
}
