import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { posix } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sendOverFtp } from './send-over-ftp.ts';

interface Stored {
  /** What a session asked for, in order, passwords too. */
  readonly commands: string[];
  readonly files: Map<string, Buffer>;
}

interface Refusal {
  readonly of: RegExp;
  readonly reply: string;
}

/** As much of an FTP server as a logger meets, in memory; the password is the user's name. */
async function listening(t: TestContext, refuse?: Refusal): Promise<Stored & { port: number }> {
  const stored: Stored = { commands: [], files: new Map() };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket, stored, refuse);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { ...stored, port: (server.address() as AddressInfo).port };
}

function serve(control: Socket, { commands, files }: Stored, refuse: Refusal | undefined): void {
  let folder = '/';
  let user = '';
  let renamed = '';
  let data: Promise<Buffer> | undefined;
  const reply = (line: string) => control.write(`${line}\r\n`);
  const passive = () => {
    const { port, received } = dataConnection();
    data = received;
    return port.then((number) => reply(`229 ready (|||${number}|)`));
  };
  const at = (name: string) => posix.resolve(folder, name);
  const verbs: Record<string, (argument: string) => unknown> = {
    USER: (name) => {
      user = name;
      reply('331 password');
    },
    PASS: (password) => reply(password === user ? '230 in' : '530 no'),
    EPSV: passive,
    MKD: (name) => reply(`257 "${at(name)}"`),
    CWD: (name) => {
      folder = at(name);
      reply('250 there');
    },
    STOR: async (name) => {
      reply('150 go on');
      files.set(at(name), await data!);
      reply('226 stored');
    },
    RNFR: (name) => {
      renamed = at(name);
      reply('350 to what');
    },
    RNTO: (name) => {
      files.set(at(name), files.get(renamed)!);
      files.delete(renamed);
      reply('250 renamed');
    },
    TYPE: () => reply('200 so be it'),
    QUIT: () => control.end('221 bye\r\n'),
  };
  reply('220 hello');
  control.on('data', (chunk) => {
    for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
      const [verb = '', ...rest] = line.split(' ');
      commands.push(line);
      if (refuse?.of.test(line)) reply(refuse.reply);
      else (verbs[verb] ?? (() => reply('502 unknown')))(rest.join(' '));
    }
  });
}

function dataConnection(): { port: Promise<number>; received: Promise<Buffer> } {
  const server = createServer().listen(0, '127.0.0.1');
  const received = once(server, 'connection').then(async ([socket]: Socket[]) => {
    const chunks: Buffer[] = [];
    for await (const chunk of socket!) chunks.push(chunk as Buffer);
    server.close();
    return Buffer.concat(chunks);
  });
  return { port: once(server, 'listening').then(() => (server.address() as AddressInfo).port), received };
}

const upload = (path: string, text: string, renames: boolean, stationCode = 'NT001') => ({
  stationCode,
  path,
  renames,
  bytes: Buffer.from(text),
});
const accountOf = (stationCode: string) => ({ user: stationCode, password: stationCode });

test('goes to the folder with MKD and CWD, stores under .tmp and renames, or stores at once', async (t) => {
  const { port, files, commands } = await listening(t);
  const uploads = [upload('NT001/2026/01/a.txt', 'one', true), upload('NT001/Nam 2026/b.txt', 'two', false)];
  const answers = await sendOverFtp({ host: '127.0.0.1', port, accountOf }, uploads);
  assert.deepEqual(answers, [
    { path: 'NT001/2026/01/a.txt', outcome: 'stored' },
    { path: 'NT001/Nam 2026/b.txt', outcome: 'stored' },
  ]);
  assert.deepEqual(
    [...files].map(([path, bytes]) => [path, bytes.toString()]),
    [
      ['/NT001/2026/01/a.txt', 'one'],
      ['/NT001/Nam 2026/b.txt', 'two'],
    ],
  );
  const said = commands.filter((line) => /^(MKD|CWD|STOR|RN)/.test(line));
  assert.deepEqual(said.slice(0, 10), [
    'CWD /',
    'MKD NT001',
    'CWD NT001',
    'MKD 2026',
    'CWD 2026',
    'MKD 01',
    'CWD 01',
    'STOR a.txt.tmp',
    'RNFR a.txt.tmp',
    'RNTO a.txt',
  ]);
  assert.ok(said.includes('STOR b.txt'));
});

test('each account has its own session', async (t) => {
  const { port, commands } = await listening(t);
  const uploads = [upload('a.txt', '1', false), upload('b.txt', '2', false, 'KK002'), upload('c.txt', '3', false)];
  await sendOverFtp({ host: '127.0.0.1', port, accountOf }, uploads);
  assert.deepEqual(
    commands.filter((line) => /^(USER|STOR|MKD)/.test(line)),
    ['USER NT001', 'STOR a.txt', 'STOR c.txt', 'USER KK002', 'STOR b.txt'],
  );
});

test('a wrong password or a refused file is an answer, and the files beside it are stored', async (t) => {
  const { port, files } = await listening(t, { of: /^CWD KK002/, reply: '553 not you' });
  const wrong = { user: 'NT001', password: 'guess' };
  const uploads = [
    upload('NT001/a.txt', '1', false),
    upload('KK002/b.txt', '2', false, 'KK002'),
    upload('c.txt', '3', true, 'KK002'),
  ];
  const target = { host: '127.0.0.1', port, accountOf: (code: string) => (code === 'NT001' ? wrong : accountOf(code)) };
  const answers = await sendOverFtp(target, uploads);
  assert.deepEqual(
    answers.map(({ outcome, reason }) => [outcome, reason?.slice(0, 3)]),
    [
      ['refused', '530'],
      ['refused', '553'],
      ['stored', undefined],
    ],
  );
  assert.deepEqual([...files.keys()], ['/c.txt']);
});

test('a server that closes the session throws', async (t) => {
  const { port } = await listening(t, { of: /^STOR/, reply: '421 too many' });
  const uploads = [upload('a.txt', '1', false)];
  await assert.rejects(sendOverFtp({ host: '127.0.0.1', port, accountOf }, uploads), /421/);
});

test('a server that is not there throws', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await assert.rejects(
    sendOverFtp({ host: '127.0.0.1', port, accountOf }, [upload('a.txt', '1', false)]),
    /ECONNREFUSED/,
  );
});
