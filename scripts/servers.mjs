// The real servers that tests and developers use. As a command (`npm run servers`): both, until Ctrl-C.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { environment, prepare, root } from './prepare.mjs';

/** What a test file's name says that it needs. */
const settingOf = { kafka: 'KAFKA_BROKERS', mongo: 'MONGO_URL' };

/** The settings of servers without which these files fail. */
export const neededBy = (files) =>
  Object.entries(settingOf).flatMap(([name, setting]) =>
    files.some((file) => file.includes(`.${name}.`)) ? [setting] : [],
  );

/** Services under test work on servers only where a test says so: its processes find them by another name. */
export const asTested = ({ KAFKA_BROKERS: _, MONGO_URL: __, ...environment }, servers) => ({
  ...environment,
  ...Object.fromEntries(Object.entries(servers).map(([setting, address]) => [`TEST_${setting}`, address])),
});

/** Opens servers at the same time; their addresses by setting, and how to end them. Throws what is missing. */
export async function openServers(settings) {
  const { openServer } = await import(pathToFileURL(join(root, 'packages/conformance/dist/servers/servers.js')).href);
  const folder = mkdtempSync(join(tmpdir(), 'quantrac-servers-'));
  const opening = await Promise.allSettled(
    settings.map(async (setting) => [setting, await openServer(setting, join(folder, setting), environment)]),
  );
  const opened = opening.flatMap(({ status, value }) => (status === 'fulfilled' ? [value] : []));
  const close = async () => {
    await Promise.all(opened.map(([, server]) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const failed = opening.flatMap(({ status, reason }) => (status === 'rejected' ? [reason.message] : []));
  if (failed.length > 0) {
    await close();
    throw new Error(failed.join('\n'));
  }
  return {
    environment: Object.fromEntries(opened.map(([setting, { address }]) => [setting, address])),
    described: opened.map(([setting, { described }]) => `${setting}: ${described}`),
    close,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  prepare();
  const servers = await openServers(Object.values(settingOf));
  for (const [setting, address] of Object.entries(servers.environment))
    process.stdout.write(`export ${setting}=${address}\n`);
  process.stderr.write(`${servers.described.join('\n')}\nCtrl-C ends them\n`);
  const stay = setInterval(() => {}, 1 << 30);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, async () => {
      await servers.close();
      clearInterval(stay);
    });
}
