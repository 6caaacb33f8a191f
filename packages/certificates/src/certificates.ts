import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** In PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority extends Certificate {
  /** A certificate for these names; `127.0.0.1` is an address, `localhost` a name. */
  issue(...hosts: readonly string[]): Certificate;
}

/** An authority of its own, made by Node alone; what it signs is valid for so many days, as it is itself. */
export function newAuthority(name: string, days = 1): CertificateAuthority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const newest = (subject: string, key: KeyObject, extensions: readonly Buffer[]) =>
    certificateOf({ issuer: name, subject, key, extensions, signer: privateKey, days });
  return {
    cert: newest(name, publicKey, [extension('551d13', sequence(boolean()))]),
    key: pemOf(privateKey),
    issue(...hosts) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = sequence(...hosts.map(nameOf));
      return { cert: newest(hosts[0]!, own.publicKey, [extension('551d11', names)]), key: pemOf(own.privateKey) };
    },
  };
}

interface Contents {
  readonly issuer: string;
  readonly subject: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signer: KeyObject;
  readonly days: number;
}

/** X.509 version 3 (RFC 5280), signed by ECDSA with SHA-256. */
function certificateOf({ issuer, subject, key, extensions, signer, days }: Contents): string {
  const algorithm = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
  const now = Date.now();
  const contents = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    algorithm,
    commonName(issuer),
    sequence(time(now - HOUR_MS), time(now + days * 24 * HOUR_MS)),
    commonName(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', contents, signer));
  const lines = sequence(contents, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const HOUR_MS = 3_600_000;

/** A tag, the length and what it holds, by DER. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const boolean = (): Buffer => der(0x01, Buffer.from([255]));
const commonName = (text: string): Buffer =>
  sequence(der(0x31, sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(text)))));
const time = (at: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
const extension = (id: string, value: Buffer): Buffer =>
  sequence(der(0x06, Buffer.from(id, 'hex')), boolean(), der(0x04, value));
const nameOf = (host: string): Buffer =>
  /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
