import { createServer } from 'node:net';

/** Below those that a system gives to connections going out: nobody else gets it while its node is being started again. */
const [from, upTo] = [12_000, 32_000];

/** A port that is free now, and no other call of this process has got. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = from + Math.floor(Math.random() * (upTo - from));
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
}

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
