import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, connect as dial } from 'node:net';
import type { TestContext } from 'node:test';
import mongoose from 'mongoose';
import { joinEnds } from './losing-answers.ts';

const { BSON } = mongoose.mongo;
const OP_MSG = 2013;
const ITERATIONS = 4096;

interface Account {
  readonly username: string;
  readonly password: string;
  /** False: it has no role. */
  readonly mayRead?: boolean;
}

type Asked = Readonly<Record<string, unknown>> & { readonly payload?: { readonly buffer: Uint8Array } };

/**
 * For tests: a line to the server at `url` that demands an account by SCRAM-SHA-256 (RFC 5802), as MongoDB's own server does and the
 * one which stands in for it cannot. Answers `host:port`.
 */
export async function demandingAccount(t: TestContext, url: string, account: Account): Promise<string> {
  const { port, hostname } = new URL(url);
  const line = createServer((client) => {
    const upstream = dial(Number(port), hostname);
    const conversation = new Conversation(account);
    let waiting = Buffer.alloc(0);
    client.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk as Buffer]);
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE()) {
        const message = waiting.subarray(0, waiting.readInt32LE());
        waiting = waiting.subarray(message.length);
        const answer = message.readInt32LE(12) === OP_MSG && conversation.answerTo(askedBy(message));
        if (answer) client.write(messageOf(message.readInt32LE(4), answer));
        else upstream.write(message);
      }
    });
    upstream.on('data', (answer) => client.write(answer));
    joinEnds(client, upstream);
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  t.after(() => line.close());
  return `127.0.0.1:${(line.address() as { port: number }).port}`;
}

const askedBy = (message: Buffer): Asked => BSON.deserialize(message.subarray(21)) as Asked;

function messageOf(responseTo: number, answer: object): Buffer {
  const body = BSON.serialize(answer);
  const head = Buffer.alloc(21);
  for (const [at, value] of [21 + body.length, 1, responseTo, OP_MSG].entries()) head.writeInt32LE(value, at * 4);
  return Buffer.concat([head, body]);
}

const needNone = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions'];
const refused = { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };
const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest();

/** One connection's. */
class Conversation {
  readonly #account: Account;
  readonly #salt = randomBytes(16);
  #first: { readonly client: string; readonly server: string } | undefined;
  #isIn = false;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Undefined: the server shall answer. */
  answerTo(asked: Asked): object | undefined {
    const text = asked.payload ? Buffer.from(asked.payload.buffer).toString() : '';
    if ('saslStart' in asked) return this.#begin(text);
    if ('saslContinue' in asked) return this.#finish(text);
    if (needNone.some((name) => name in asked)) return undefined;
    if (this.#isIn && this.#account.mayRead !== false) return undefined;
    return { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized' };
  }

  #begin(text: string): object {
    const client = text.replace(/^n,,/, '');
    const [, name, nonce] = /^n=(.*),r=(.*)$/.exec(client)!;
    if (name !== this.#account.username) return refused;
    const salt = this.#salt.toString('base64');
    const server = `r=${nonce}${randomBytes(12).toString('base64')},s=${salt},i=${ITERATIONS}`;
    this.#first = { client, server };
    return { ok: 1, conversationId: 1, done: false, payload: Buffer.from(server) };
  }

  #finish(text: string): object {
    const [, bare, proof] = /^(.*),p=(.*)$/.exec(text)!;
    const salted = pbkdf2Sync(this.#account.password, this.#salt, ITERATIONS, 32, 'sha256');
    const all = `${this.#first!.client},${this.#first!.server},${bare}`;
    const key = hmac(salted, 'Client Key');
    const signature = hmac(createHash('sha256').update(key).digest(), all);
    const expected = key.map((byte, at) => byte ^ signature[at]!);
    this.#isIn = timingSafeEqual(expected, Buffer.from(proof!, 'base64'));
    if (!this.#isIn) return refused;
    const payload = Buffer.from(`v=${hmac(hmac(salted, 'Server Key'), all).toString('base64')}`);
    return { ok: 1, conversationId: 1, done: true, payload };
  }
}
