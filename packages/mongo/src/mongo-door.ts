import { Fault } from '@quantrac/event-sourcing';
import { certificateFault } from '@quantrac/event-sourcing/certificate-fault';
import mongoose from 'mongoose';

const { MongoClient } = mongoose.mongo;
type Client = InstanceType<typeof MongoClient>;
type Servers = mongoose.mongo.TopologyDescription['servers'];

const LOOK_MS = 1500;

/** Throws the Fault `invalid` for a URL that is none. No word of the account in it is repeated. */
export function refuseUnreadable(url: string): void {
  if (readingError(url) === undefined) return;
  const reason =
    readingError(url.replace(/\/\/.*@/s, '//')) ??
    'in its account the signs : / ? # [ ] @ % are to be written as %3A %2F %3F %23 %5B %5D %40 %25';
  throw Fault.invalid('MongoUrlInvalid', `MONGO_URL cannot be read: ${reason}`);
}

function readingError(url: string): string | undefined {
  try {
    new MongoClient(url);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** As it connects; the driver takes what is wrong with TLS for an outage, and throws this Fault `invalid` only when every server it knows says so. */
export async function unlessRefused<Connected>(client: Client, connecting: Promise<Connected>): Promise<Connected> {
  const { promise: refused, reject } = Promise.withResolvers<never>();
  let hasLooked = false;
  const onChange = async ({ newDescription: { servers } }: { newDescription: { servers: Servers } }) => {
    const fault = certificateFaultOf(servers);
    if (fault) return reject(fault);
    const all = [...servers.values()];
    if (hasLooked || !all.every(({ error }) => error && wasCutOff(error))) return;
    hasLooked = true;
    const looked = await Promise.all(all.map(({ address }) => otherwise(address, client.options.tls ?? false)));
    if (looked.every((fault) => fault !== undefined)) reject(looked[0]);
  };
  client.on('topologyDescriptionChanged', onChange);
  try {
    return await Promise.race([connecting, refused]);
  } finally {
    client.off('topologyDescriptionChanged', onChange);
  }
}

/** When no server can be used for its certificate or ours; undefined while one may yet. */
export function certificateFaultOf(servers: Servers): Fault | undefined {
  const faults = [...servers.values()].map(({ address, error }) => error && faultOf(error, address));
  return faults.every((fault) => fault) ? (faults[0] ?? undefined) : undefined;
}

/** What is wrong in MONGO_URL, by an error of the driver or the server; undefined: it is another error. */
export function settingFault(error: unknown): Fault | undefined {
  const { name, message, path, code, reason } = error as Told;
  const byServer = error instanceof mongoose.mongo.MongoServerError ? code : undefined;
  if (byServer === AUTHENTICATION_FAILED)
    return Fault.invalid(
      'MongoRefused',
      'MongoDB refuses the account in MONGO_URL: see its name, password and authSource',
    );
  if (byServer === UNAUTHORIZED)
    return Fault.invalid(
      'MongoForbidden',
      'MongoDB does not allow that: name an account in MONGO_URL, with the role readWrite on the database',
    );
  if (path !== undefined && (code === 'ENOENT' || code === 'EACCES'))
    return Fault.invalid(
      'MongoCertificateWrong',
      `MONGO_URL names ${path}, which cannot be read (${code}): see its tls files`,
    );
  // what the name servers add to a URL
  if (name === 'MongoParseError') return Fault.invalid('MongoUrlInvalid', `MONGO_URL cannot be used: ${message}`);
  return reason?.servers && certificateFaultOf(reason.servers);
}

interface Told extends Error {
  readonly path?: string;
  readonly code?: string | number;
  readonly reason?: mongoose.mongo.TopologyDescription;
}

const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;

function faultOf(error: Error, address: string): Fault | undefined {
  const { code = '', message } = (error.cause ?? error) as { code?: string; message: string };
  const own = 'tlsCertificateKeyFile in MONGO_URL';
  if (`${code}`.startsWith('ERR_OSSL'))
    return Fault.invalid('MongoCertificateWrong', `${own} cannot be used (${message}): give a file of PEM`);
  const server = `MongoDB at ${address}`;
  const authority = 'tlsCAFile in MONGO_URL';
  return certificateFault(
    { code, message },
    { code: 'MongoCertificateWrong', server, address: 'MONGO_URL', authority, own },
  );
}

const wasCutOff = ({ cause }: Error): boolean =>
  !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes((cause as { code?: string } | undefined)?.code ?? '');

/** The Fault, if the server answers once TLS is asked for, or is not. */
async function otherwise(address: string, tls: boolean): Promise<Fault | undefined> {
  const client = new MongoClient(`mongodb://${address}/?directConnection=true`, {
    tls: !tls,
    ...(!tls && { tlsAllowInvalidCertificates: true }),
    serverSelectionTimeoutMS: LOOK_MS,
  });
  const answers = await client.connect().then(
    () => true,
    // it speaks TLS, and demands a certificate
    (error: { reason?: { servers: Servers } }) => Boolean(error.reason && certificateFaultOf(error.reason.servers)),
  );
  await client.close();
  if (!answers) return undefined;
  const code = tls ? 'MongoTlsNotSpoken' : 'MongoTlsMissing';
  const sentence = tls
    ? 'does not speak TLS: take tls out of MONGO_URL, or set it up there'
    : 'demands TLS: add tls=true to MONGO_URL, and tlsCAFile with the authority that signs its certificate';
  return Fault.invalid(code, `MongoDB at ${address} ${sentence}`);
}
