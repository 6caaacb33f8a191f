import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** Argon2id with 19 MiB, two passes, one lane (OWASP's minimum): about 30 ms a password, off the main thread. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const saltBytes = 16;
const keyBytes = 32;

type Cost = Record<keyof typeof cost, number>;

const keyOf = (password: string, salt: Buffer, { memory, passes, parallelism }: Cost): Promise<Buffer> =>
  derive('argon2id', {
    message: password.normalize('NFC'),
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength: keyBytes,
  });

/** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>`: a later cost leaves these readable. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(saltBytes);
  const key = await keyOf(password, salt, cost);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${inBase64(salt)}$${inBase64(key)}`;
};

export const isPassword = async (password: string, hash: string): Promise<boolean> => {
  const [, memory, passes, parallelism, salt = '', key = ''] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  if (key === '') throw new Error('a stored password hash is of no known form');
  const as: Cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const derived = await keyOf(password, Buffer.from(salt, 'base64'), as);
  return timingSafeEqual(derived, Buffer.from(key, 'base64'));
};

/** Without the padding, as this form of a hash has it. */
const inBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
