// What docker-compose.yml wants and nobody commits: passwords in .env, certificates in .quantrac/certificates.
import { randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './prepare.mjs';

const VALID_DAYS = 800;
const RENEWED_BEFORE_MS = 60 * 86_400_000;

/** Makes what is missing in a folder, for whoever reads the composition there. True: certificates are new, so that all that run must start anew. */
export async function makeSecrets(folder) {
  const composition = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  addPasswords(join(folder, '.env'), composition);
  return makeCertificates(join(folder, '.quantrac', 'certificates'), composition);
}

/** A random one for each variable that the composition cannot do without; those that stand stay. */
function addPasswords(file, composition) {
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const wanted = new Set([...composition.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name));
  const missing = [...wanted].filter((name) => !new RegExp(`^${name}=`, 'm').test(known));
  const lines = missing.map(
    (name) => `${name}=${name === 'QUANTRAC_USER' ? `${uid}:${gid}` : randomBytes(24).toString('hex')}\n`,
  );
  if (lines.length > 0)
    writeFileSync(file, `${known}${known && !known.endsWith('\n') ? '\n' : ''}${lines.join('')}`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Who runs the services and may read their keys; never root. */
const [uid, gid] = process.getuid?.() ? [process.getuid(), process.getgid()] : [1000, 1000];

/** One a node, for the names of all its services, signed by an authority that then signs no more. */
async function makeCertificates(folder, composition) {
  if (existsSync(join(folder, 'authority.pem')) && isValid(join(folder, 'authority.pem'))) return false;
  const { newAuthority } = await import(pathToFileURL(join(root, 'packages/certificates/dist/certificates.js')).href);
  const authority = newAuthority('quantrac', VALID_DAYS);
  const hosts = [...composition.matchAll(/"(([a-z]+)-[a-z-]+):\d+"/g)].map(([, host, node]) => ({ host, node }));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const node of new Set(hosts.map((one) => one.node))) {
    const names = hosts.filter((one) => one.node === node).map(({ host }) => host);
    const { cert, key } = authority.issue(...names, 'localhost', '127.0.0.1');
    writeFileSync(join(folder, `${node}.pem`), cert);
    writeFileSync(join(folder, `${node}.key`), key, { mode: 0o600 });
    if (process.getuid?.() === 0) chownSync(join(folder, `${node}.key`), uid, gid);
  }
  writeFileSync(join(folder, 'authority.pem'), authority.cert);
  return true;
}

const isValid = (file) => Date.parse(new X509Certificate(readFileSync(file)).validTo) - Date.now() > RENEWED_BEFORE_MS;
