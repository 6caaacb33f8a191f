import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as requestSecurely } from 'node:https';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@quantrac/event-sourcing';
import { type HttpUpload, type HttpUploadOptions, openHttpUpload } from './http-upload.ts';
import { loginGuard } from './login-guard.ts';
import { testCertificate } from './testing/certificate.ts';
import { oneAccount, type Recorder, recorder, silent, until } from './testing/recorder.ts';

interface HttpTest {
  readonly recorded: Recorder;
  readonly server: HttpUpload;
  post(path: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<Response>;
  postMany(files: unknown): Promise<Response>;
}

const bearer = { authorization: 'Bearer logger:secret', 'content-type': 'text/plain' };

const withHttpUpload = async (options: Partial<HttpUploadOptions>, work: (http: HttpTest) => Promise<void>) => {
  const recorded = recorder();
  const server = await openHttpUpload({
    host: '127.0.0.1',
    port: 0,
    receive: recorded.receive,
    credentials: oneAccount,
    guard: loginGuard(),
    log: silent,
    ...options,
    limits: { failedLoginMs: 10, ...options.limits },
  });
  const url = `http://127.0.0.1:${server.port}/v1/files`;
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = bearer) =>
    fetch(`${url}?path=${encodeURIComponent(path)}`, { method: 'POST', body: body as string, headers });
  const postMany = (files: unknown) =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify({ files }),
      headers: { ...bearer, 'content-type': 'application/json' },
    });
  try {
    await work({ recorded, server, post, postMany });
  } finally {
    await server.close();
  }
};

test('one file is handed over with its bytes untouched and the path that FTP would carry', () =>
  withHttpUpload({}, async ({ post, recorded }) => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const response = await post('../HCM\\2024//TRẠM 1.txt'.normalize('NFD'), bytes);
    assert.equal(response.status, 201);
    assert.deepEqual(await response.json(), {
      path: '../HCM\\2024//TRẠM 1.txt'.normalize('NFD'),
      outcome: 'accepted',
      receipt: 'R1',
    });
    const [arrival] = recorded.arrivals;
    assert.deepEqual(
      { ...arrival, bytes: Uint8Array.from(arrival!.bytes) },
      { way: 'http', account: 'logger', path: 'HCM/2024/TRẠM 1.txt'.normalize('NFD'), bytes, from: '127.0.0.1' },
    );
  }));

test('any content type but JSON is a file, and so is none, and so is an empty body', () =>
  withHttpUpload({}, async ({ post, recorded }) => {
    const authorization = bearer.authorization;
    for (const type of ['text/csv; charset=utf-8', 'application/octet-stream', 'nonsense', 'multipart/form-data'])
      assert.equal((await post('a.txt', 'pH', { authorization, 'content-type': type })).status, 201);
    assert.equal((await post('a.txt', Buffer.from('pH'), { authorization })).status, 201);
    assert.equal((await post('a.txt', Buffer.alloc(0), { authorization })).status, 201);
    assert.deepEqual(
      recorded.files().map(([, text]) => text),
      ['pH', 'pH', 'pH', 'pH', 'pH', ''],
    );
  }));

test('accepted is 201, repeat 200, held 202 with why and what to do, refused 422', () =>
  withHttpUpload({}, async ({ post, recorded }) => {
    const told = { reason: 'no station matches', advice: 'register it' };
    for (const [status, answer] of [
      [201, { outcome: 'accepted', receipt: 'R1' }],
      [200, { outcome: 'repeat', receipt: 'R1' }],
      [202, { outcome: 'held', receipt: 'R2', ...told }],
      [422, { outcome: 'refused', ...told }],
    ] as const) {
      recorded.answer = () => answer;
      const response = await post('a.txt', 'pH');
      assert.equal(response.status, status);
      assert.deepEqual(await response.json(), { path: 'a.txt', ...answer });
    }
  }));

test('the answer comes only after the file is durable, and 503 with Retry-After when it is not', () =>
  withHttpUpload({ limits: { retryAfterS: 7 } }, async ({ post, recorded }) => {
    const durable = Promise.withResolvers<void>();
    recorded.answer = () =>
      durable.promise.then(() => {
        throw Fault.unavailable('DiskFull', 'the disk is full: try again later');
      });
    const posting = post('a.txt', 'pH');
    assert.equal(await Promise.race([posting, delay(50, 'waiting')]), 'waiting');
    durable.resolve();
    const response = await posting;
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.match(await response.text(), /the disk is full/);
  }));

test('many files in one request are handed over at once and answered each', () =>
  withHttpUpload({}, async ({ postMany, recorded }) => {
    const all = Promise.withResolvers<void>();
    recorded.answer = async ({ path }) => {
      if (recorded.arrivals.length === 3) all.resolve();
      await all.promise;
      return path === 'b.txt'
        ? { outcome: 'held', receipt: 'R2', reason: 'why', advice: 'what' }
        : { outcome: 'accepted', receipt: 'R1' };
    };
    const response = await postMany([
      { path: 'a.txt', text: 'độ' },
      { path: 'b.txt', base64: Buffer.from([0, 255, 128]).toString('base64') },
      { path: 'x\0.txt', text: '' },
      { path: 'c.txt', text: '' },
      { path: 'd.txt', base64: 'not base64' },
      { path: 'e.txt', text: 'a', base64: '' },
      'noise',
    ]);
    assert.equal(response.status, 200);
    const { files } = (await response.json()) as { files: { path: string; outcome: string; reason?: string }[] };
    assert.deepEqual(
      files.map(({ path, outcome }) => [path, outcome]),
      [
        ['a.txt', 'accepted'],
        ['b.txt', 'held'],
        ['x\0.txt', 'refused'],
        ['c.txt', 'accepted'],
        ['d.txt', 'refused'],
        ['e.txt', 'refused'],
        ['', 'refused'],
      ],
    );
    assert.deepEqual([...recorded.arrivals[1]!.bytes], [0, 255, 128]);
    assert.equal(recorded.files()[0]![1], 'độ');
    assert.ok(files.every(({ outcome, reason }) => outcome === 'accepted' || reason));
  }));

test('when one of many could not be made durable the request is 503, and each file says what became of it', () =>
  withHttpUpload({}, async ({ postMany, recorded }) => {
    recorded.answer = ({ path }) => {
      if (path === 'b.txt') throw Fault.unavailable('DiskFull', 'full');
      return { outcome: 'accepted', receipt: 'R1' };
    };
    const response = await postMany([
      { path: 'a.txt', text: 'a' },
      { path: 'b.txt', text: 'b' },
    ]);
    assert.equal(response.status, 503);
    assert.ok(response.headers.has('retry-after'));
    assert.deepEqual(((await response.json()) as { files: unknown }).files, [
      { path: 'a.txt', outcome: 'accepted', receipt: 'R1' },
      { path: 'b.txt', outcome: 'unavailable', reason: 'full' },
    ]);
  }));

test('a body that is no list of files is answered 400 with what to send', () =>
  withHttpUpload({ limits: { maxFiles: 2 } }, async ({ post, postMany, recorded }) => {
    const json = { ...bearer, 'content-type': 'application/json' };
    for (const body of ['', '{', '[]', 'null', '{"files":{}}']) {
      const response = await post('a.txt', body, json);
      assert.equal(response.status, 400);
      assert.match(await response.text(), /"refused"/);
    }
    assert.equal((await postMany([1, 2, 3])).status, 400);
    assert.equal((await postMany([])).status, 200);
    assert.deepEqual(recorded.arrivals, []);
  }));

test('a path that is missing, unusable or given twice is refused by name', () =>
  withHttpUpload({}, async ({ post, recorded, server }) => {
    for (const path of ['', 'a/', 'a\0b', 'x'.repeat(10_000), '..']) {
      const response = await post(path, 'pH');
      assert.equal(response.status, 422, path.slice(0, 5));
    }
    const twice = `http://127.0.0.1:${server.port}/v1/files?path=a.txt&path=b.txt`;
    assert.equal((await fetch(twice, { method: 'POST', body: 'pH', headers: bearer })).status, 422);
    assert.deepEqual(recorded.arrivals, []);
  }));

test('a file, a request and one file of many above the largest size are refused', () =>
  withHttpUpload({ limits: { maxFileBytes: 1000, maxRequestBytes: 5000 } }, async ({ post, postMany, recorded }) => {
    const response = await post('big.txt', 'x'.repeat(1001));
    assert.equal(response.status, 413);
    assert.match(await response.text(), /big\.txt is too large/);
    assert.equal((await postMany([{ path: 'a', text: 'x'.repeat(5000) }])).status, 413);
    const { files } = (await (await postMany([{ path: 'a', text: 'x'.repeat(1001) }])).json()) as { files: [object] };
    assert.deepEqual(files, [
      { path: 'a', outcome: 'refused', reason: 'it is larger than 1000 bytes: split it', advice: 'send it again' },
    ]);
    assert.equal((await post('a.txt', 'x'.repeat(1000))).status, 201);
    assert.equal(recorded.arrivals.length, 1);
  }));

test('when too many bytes are under way the sender is told to try again', () =>
  withHttpUpload({ limits: { maxBytesUnderWay: 1000 } }, async ({ post, recorded }) => {
    const durable = Promise.withResolvers<void>();
    const { answer } = recorded;
    recorded.answer = (arrival) => durable.promise.then(() => answer(arrival));
    const slow = post('a.txt', 'x'.repeat(600));
    await until(() => recorded.arrivals.length === 1);
    const response = await post('b.txt', 'x'.repeat(600));
    assert.equal(response.status, 503);
    assert.ok(response.headers.has('retry-after'));
    durable.resolve();
    assert.equal((await slow).status, 201);
    assert.equal((await post('b.txt', 'x'.repeat(600))).status, 201);
  }));

test('every failed login gets the same 401 after the same time, and no file is read', () =>
  withHttpUpload({ limits: { failedLoginMs: 100 } }, async ({ post, recorded }) => {
    const texts = new Set<string>();
    for (const pair of ['logger:wrong', 'nobody:secret']) {
      for (const authorization of [`Bearer ${pair}`, `Basic ${Buffer.from(pair).toString('base64')}`]) {
        const began = performance.now();
        const response = await post('a.txt', 'pH', { authorization });
        assert.equal(response.status, 401);
        assert.ok(performance.now() - began >= 95);
        texts.add(await response.text());
      }
    }
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'Digest logger:secret' }]) {
      const response = await post('a.txt', 'pH', headers as Record<string, string>);
      assert.equal(response.status, 401);
      texts.add(await response.text());
    }
    assert.equal(texts.size, 1);
    assert.deepEqual(recorded.arrivals, []);
  }));

test('the key may come as Basic, and may hold colons and any letter', () =>
  withHttpUpload(
    { credentials: { check: async (account, password) => ({ ok: password === 'mật:khẩu', account }) as never } },
    async ({ post }) => {
      const authorization = `basic ${Buffer.from('logger:mật:khẩu').toString('base64')}`;
      assert.equal((await post('a.txt', 'pH', { authorization })).status, 201);
    },
  ));

test('after too many failures, over FTP too, the right key is answered 429 with Retry-After', async () => {
  const guard = loginGuard({ failuresPerAddress: 100, failuresPerAccount: 3, windowMs: 60_000 });
  await withHttpUpload({ guard }, async ({ post }) => {
    for (const key of [1, 2]) await post('a.txt', 'pH', { authorization: `Bearer logger:${key}` });
    guard.failed('10.0.0.1', 'logger', performance.now());
    const response = await post('a.txt', 'pH');
    assert.equal(response.status, 429);
    assert.ok(Number(response.headers.get('retry-after')) > 50);
    assert.deepEqual(guard.counts(), { failed: 3, refused: 1 });
  });
});

test('logins that cannot be checked are answered 503, and are not failures', async () => {
  const guard = loginGuard();
  const credentials = { check: () => Promise.reject(Fault.unavailable('RegistryAway', 'try again')) };
  await withHttpUpload({ guard, credentials }, async ({ post }) => {
    const response = await post('a.txt', 'pH');
    assert.equal(response.status, 503);
    assert.ok(response.headers.has('retry-after'));
    assert.equal(guard.counts().failed, 0);
  });
});

test('a request that is cut is not handed over', () =>
  withHttpUpload({}, async ({ server, recorded, post }) => {
    for (const framing of ['content-length: 100', 'transfer-encoding: chunked'])
      for (const cut of ['destroy', 'resetAndDestroy'] as const) {
        const socket = connect(server.port, '127.0.0.1').on('error', () => {});
        socket.write(`POST /v1/files?path=a.txt HTTP/1.1\r\nhost: x\r\nauthorization: ${bearer.authorization}\r\n`);
        socket.write(`${framing}\r\n\r\n4\r\nhalf\r\n`);
        await delay(30);
        socket[cut]();
      }
    await delay(50);
    assert.deepEqual(recorded.arrivals, []);
    assert.equal((await post('a.txt', 'pH')).status, 201);
  }));

test('a compressed body is refused, since its bytes would be kept as the file', () =>
  withHttpUpload({}, async ({ post, recorded }) => {
    assert.equal((await post('a.txt', 'pH', { ...bearer, 'content-encoding': 'gzip' })).status, 415);
    assert.deepEqual(recorded.arrivals, []);
  }));

test('a bug that one file of many meets costs the others nothing', () =>
  withHttpUpload({}, async ({ postMany, recorded }) => {
    recorded.answer = ({ path }) => {
      if (path === 'b') throw new TypeError('a bug');
      return { outcome: 'accepted', receipt: 'R1' };
    };
    const response = await postMany(['a', 'b', 'c'].map((path) => ({ path, text: 'x' })));
    assert.equal(response.status, 503);
    const { files } = (await response.json()) as { files: { outcome: string }[] };
    assert.deepEqual(
      files.map(({ outcome }) => outcome),
      ['accepted', 'unavailable', 'accepted'],
    );
  }));

test('a bug behind the door is answered 500, and the next request is served', () =>
  withHttpUpload({}, async ({ post, recorded }) => {
    const { answer } = recorded;
    recorded.answer = () => {
      throw new TypeError('x is not a function');
    };
    const response = await post('a.txt', 'pH');
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /is not a function/);
    recorded.answer = answer;
    assert.equal((await post('a.txt', 'pH')).status, 201);
  }));

test('the credentials are told whether the connection is encrypted, by us or by a trusted proxy', async () => {
  const seen: boolean[] = [];
  const check = async (account: string, _password: string, { secure }: { secure: boolean }) => {
    seen.push(secure);
    return { ok: true, account } as const;
  };
  const forwarded = { ...bearer, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
  await withHttpUpload({ credentials: { check } }, async ({ post, recorded }) => {
    await post('a.txt', 'pH', forwarded);
    assert.equal(recorded.arrivals[0]!.from, '127.0.0.1');
  });
  await withHttpUpload({ credentials: { check }, trustedProxies: ['127.0.0.1'] }, async ({ post, recorded }) => {
    await post('a.txt', 'pH', forwarded);
    assert.equal(recorded.arrivals[0]!.from, '203.0.113.7');
  });
  await withHttpUpload({ credentials: { check }, tls: testCertificate }, async ({ server }) => {
    const request = requestSecurely(`https://127.0.0.1:${server.port}/v1/files?path=a.txt`, {
      method: 'POST',
      ca: testCertificate.cert,
      headers: bearer,
      agent: false,
    });
    request.end('pH');
    const [response] = await once(request, 'response');
    assert.equal(response.statusCode, 201);
    response.resume();
    await once(response, 'end');
  });
  assert.deepEqual(seen, [false, true, true]);
});
