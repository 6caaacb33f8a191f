import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { sendOverHttp } from './send-over-http.ts';

const upload = (path: string, text: string | Uint8Array, stationCode = 'NT001') => ({
  stationCode,
  path,
  bytes: Buffer.from(text),
});
const keyOf = (stationCode: string) => `key of ${stationCode}`;

interface Asked {
  readonly url: string;
  readonly key: string;
  readonly type: string;
  readonly body: Buffer;
}

/** A server that keeps what it was asked and answers by `answer`. */
async function listening(t: TestContext, answer: (asked: Asked) => { status: number; body: unknown }) {
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const one = { url: request.url ?? '', key: authorization, type, body: await bodyOf(request) };
    asked.push(one);
    const { status, body } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const accepting = ({ url, body }: Asked) => {
  const path = new URL(url, 'http://node').searchParams.get('path');
  const paths: readonly string[] =
    path === null ? JSON.parse(body.toString()).files.map((file: { path: string }) => file.path) : [path];
  return { status: 200, body: { files: paths.map((path) => ({ path, outcome: 'accepted', receipt: `n/${path}` })) } };
};

test('a file alone goes as its bytes under its path, with the key of its station', async (t) => {
  const { url, asked } = await listening(t, accepting);
  const answers = await sendOverHttp({ url, keyOf }, [upload('NT001/Nam 2026/a.txt', '\uFEFFpH\t7.2\r\n')]);
  assert.deepEqual(answers, [{ path: 'NT001/Nam 2026/a.txt', outcome: 'accepted', receipt: 'n/NT001/Nam 2026/a.txt' }]);
  assert.equal(asked[0]!.key, 'Bearer key of NT001');
  assert.deepEqual(asked[0]!.body, Buffer.from('\uFEFFpH\t7.2\r\n'));
});

test('files of one key go together, and the answers come in the order of the deliveries', async (t) => {
  const { url, asked } = await listening(t, accepting);
  const files = [upload('a', 'µ', 'NT001'), upload('b', '2', 'KK002'), upload('c', '\uFEFF3', 'NT001')];
  const answers = await sendOverHttp({ url, keyOf }, files);
  assert.deepEqual(
    answers.map(({ path }) => path),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(JSON.parse(asked[0]!.body.toString()), {
    files: [
      { path: 'a', text: 'µ' },
      { path: 'c', text: '\uFEFF3' },
    ],
  });
  assert.equal(asked.length, 2);
});

test('bytes that are no text go alone, unchanged', async (t) => {
  const { url, asked } = await listening(t, accepting);
  const noise = Uint8Array.of(0, 255, 128);
  await sendOverHttp({ url, keyOf }, [upload('a', '1'), upload('noise', noise), upload('c', '3')]);
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['application/json', 'text/plain'],
  );
  assert.deepEqual(new Uint8Array(asked[1]!.body), noise);
});

test('an answer for one file may come without a list', async (t) => {
  const held = { path: 'a', outcome: 'held', reason: 'ChannelUnknown', advice: 'add the name' };
  const { url } = await listening(t, () => ({ status: 200, body: held }));
  assert.deepEqual(await sendOverHttp({ url, keyOf }, [upload('a', '1')]), [held]);
});

test('a refused request is an answer for each file, and a failing server throws', async (t) => {
  let status = 401;
  const { url } = await listening(t, () => ({ status, body: { title: 'Unauthorized', detail: 'ask for a new key' } }));
  const refused = { outcome: 'refused', reason: 'Unauthorized', advice: 'ask for a new key' };
  assert.deepEqual(await sendOverHttp({ url, keyOf }, [upload('a', '1'), upload('b', '2')]), [
    { path: 'a', ...refused },
    { path: 'b', ...refused },
  ]);
  status = 503;
  await assert.rejects(sendOverHttp({ url, keyOf }, [upload('a', '1')]), /answered 503/);
});
