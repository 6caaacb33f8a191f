import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { createSecureContext, connect as secureConnect } from 'node:tls';
import { Fault } from '@quantrac/event-sourcing';
import { kafkaCertificateFault } from './kafka-faults.ts';
import type { KafkaSettings } from './kafka-settings.ts';

const PATIENCE_MS = 5000;
const [SASL_HANDSHAKE, UNSUPPORTED_MECHANISM, NO_ACCOUNTS_HERE] = [17, 33, 34];

/**
 * Knocks at the brokers before Kafka's client does, which takes a refusal for an outage and tries again and again. Returns once one of
 * them lets in; throws the Fault `invalid` of the setting that is wrong, `unavailable` when none of them answers.
 */
export async function tryDoors({ brokers, ssl, sasl }: KafkaSettings): Promise<void> {
  const secure = ssl ? { ...(ssl === true ? {} : checked(ssl)) } : undefined;
  const mechanism = (sasl?.mechanism ?? 'scram-sha-512').toUpperCase();
  const silent: string[] = [];
  for (const broker of brokers.split(',')) {
    const answer = await knock(broker, secure, mechanism);
    if (answer instanceof Error) silent.push(await reasonOf(broker, secure, answer, mechanism));
    else return refuseAccount(broker, sasl && mechanism, answer);
  }
  throw Fault.unavailable('KafkaAway', `Kafka does not answer (${silent.join('; ')}): see KAFKA_BROKERS`);
}

type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly rejectUnauthorized?: false };

/** Node passes over a text that is no certificate. */
function checked({ ca, cert, key }: Tls): Tls {
  const wrong = (setting: string, error: unknown) =>
    Fault.invalid(
      'KafkaCertificateWrong',
      `${setting} cannot be used (${(error as Error).message}): give files of PEM`,
    );
  if ((cert === undefined) !== (key === undefined))
    throw Fault.invalid('KafkaCertificateWrong', 'a certificate has its key: set both KAFKA_CERTIFICATE and KAFKA_KEY');
  try {
    if (ca !== undefined) new X509Certificate(ca);
  } catch (error) {
    throw wrong('KAFKA_CA', error);
  }
  try {
    if (cert !== undefined) createSecureContext({ cert, key });
  } catch (error) {
    throw wrong('KAFKA_CERTIFICATE with KAFKA_KEY', error);
  }
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert, key: key! }) };
}

interface Answer {
  readonly code: number;
  readonly mechanisms: readonly string[];
}

/** What the listener says to the mechanism, or why it says nothing. */
async function knock(broker: string, secure: Tls | undefined, mechanism: string): Promise<Answer | Error> {
  return withSocket(broker, secure, async (socket) => {
    socket.write(handshakeFor(mechanism));
    return answerOn(socket);
  });
}

async function speaksTls(broker: string): Promise<boolean> {
  const answer = await withSocket(broker, { rejectUnauthorized: false }, async (): Promise<true> => true);
  // or it has heard us out and demands a certificate
  return answer === true || /alert/i.test(answer.message);
}

async function withSocket<Answer>(
  broker: string,
  secure: Tls | undefined,
  use: (socket: Socket) => Promise<Answer>,
): Promise<Answer | Error> {
  const [host, port] = hostAndPort(broker);
  const socket: Socket = secure
    ? secureConnect({ host, port, ...(isIP(host) ? {} : { servername: host }), ...secure })
    : connect({ host, port });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer within 5 s')));
  try {
    await once(socket, secure ? 'secureConnect' : 'connect');
    return await use(socket);
  } catch (error) {
    return error as Error;
  } finally {
    socket.on('error', () => {}).destroy();
  }
}

function hostAndPort(broker: string): [string, number] {
  const at = broker.lastIndexOf(':');
  return [broker.slice(0, at).trim(), Number(broker.slice(at + 1))];
}

async function answerOn(socket: Socket): Promise<Answer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= 4 && bytes.readUInt32BE() > 10_000) break;
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) return answerOf(bytes);
  }
  throw new Error('it closes the connection');
}

/** SaslHandshake, version 1: the one question that listeners with and without accounts answer. */
function handshakeFor(mechanism: string): Buffer {
  const texts = ['quantrac', mechanism].flatMap((text) => [int16(text.length), Buffer.from(text)]);
  const request = Buffer.concat([int16(SASL_HANDSHAKE!), int16(1), int16(0), int16(0), ...texts]);
  return Buffer.concat([int16(0), int16(request.length), request]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function answerOf(bytes: Buffer): Answer {
  const mechanisms: string[] = [];
  let at = 14;
  for (let left = bytes.readInt32BE(10); left > 0; left--) {
    const end = at + 2 + bytes.readInt16BE(at);
    mechanisms.push(bytes.toString('utf8', at + 2, end));
    at = end;
  }
  return { code: bytes.readInt16BE(8), mechanisms };
}

function refuseAccount(broker: string, asked: string | undefined, { code, mechanisms }: Answer): void {
  const takesAccounts = code !== NO_ACCOUNTS_HERE;
  if (takesAccounts && asked === undefined)
    throw Fault.invalid(
      'KafkaAccountMissing',
      `Kafka at ${broker} demands an account: set KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_MECHANISM`,
    );
  if (!takesAccounts && asked !== undefined)
    throw Fault.invalid(
      'KafkaAccountNotTaken',
      `Kafka at ${broker} takes no account: unset KAFKA_USERNAME, or name in KAFKA_BROKERS a listener that demands one`,
    );
  if (code === UNSUPPORTED_MECHANISM && asked !== undefined)
    throw Fault.invalid(
      'KafkaMechanismWrong',
      `Kafka at ${broker} takes ${mechanisms.join(' and ').toLowerCase()}, not ${asked.toLowerCase()}: set KAFKA_MECHANISM`,
    );
}

/** Why a broker says nothing; throws the Fault when it is a setting. */
async function reasonOf(broker: string, secure: Tls | undefined, error: Error, mechanism: string): Promise<string> {
  const fault = kafkaCertificateFault(error, broker);
  if (fault) throw fault;
  const { code } = error as { code?: string };
  const reason = `${broker}: ${error.message}`;
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code ?? '')) return reason;
  if (secure) {
    if ((await knock(broker, undefined, mechanism)) instanceof Error)
      return `${reason}, which it also does where it does not speak TLS`;
    throw Fault.invalid(
      'KafkaTlsNotSpoken',
      `Kafka at ${broker} does not speak TLS: name in KAFKA_BROKERS a listener that does, or unset KAFKA_CA`,
    );
  }
  if (!(await speaksTls(broker))) return reason;
  throw Fault.invalid('KafkaTlsMissing', `Kafka at ${broker} demands TLS: set KAFKA_CA`);
}
