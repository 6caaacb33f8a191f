import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startService, temporaryFolder } from '@quantrac/testing';

describe('a bad setting of ingestion', () => {
  let taken: Server;
  let port = 0;

  before(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = (taken.address() as { port: number }).port;
  });
  after(() => taken.close());

  /** What the process says; it ends with 1. */
  const saidBy = async (settings: Record<string, string>): Promise<string> => {
    const started = startService('ingestion', temporaryFolder(), settings);
    const { message } = await started.then(
      async (service) => assert.fail(`it started with ${await service.stop()}`),
      (error: Error) => error,
    );
    assert.match(message, /ended with 1:/);
    assert.doesNotMatch(message, /\n\s+at /, 'no stack for what an operator can mend');
    return message;
  };

  it('is named with all the others at once, before anything is opened', async () => {
    const said = await saidBy({
      QUANTRAC_INSTANCE: 'no spaces',
      QUANTRAC_FTP_PORT: '70000',
      QUANTRAC_HTTP_PORT: '"http"',
      QUANTRAC_FTP_PASSIVE_FROM: '50000',
      QUANTRAC_FTP_PASSIVE_TO: '40000',
      QUANTRAC_FTP_PUBLIC_ADDRESS: 'example',
      QUANTRAC_TLS_CERTIFICATE: '/nowhere/certificate.pem',
      QUANTRAC_REST_MS: '-1',
      QUANTRAC_MISSING_CODES: '["none"]',
      QUANTRAC_RESERVE_BYTES: '-1',
      QUANTRAC_CLOCK: 'sundial',
      QUANTRAC_LOG_LEVEL: 'loud',
    });
    const named = [...said.matchAll(/QUANTRAC_[A-Z_]+(?=( \(\d\))?: )/g)].map(([name]) => name);
    assert.deepEqual([...new Set(named)].sort(), [
      'QUANTRAC_CLOCK',
      'QUANTRAC_FTP_PASSIVE_TO',
      'QUANTRAC_FTP_PORT',
      'QUANTRAC_FTP_PUBLIC_ADDRESS',
      'QUANTRAC_HTTP_PORT',
      'QUANTRAC_INSTANCE',
      'QUANTRAC_LOG_LEVEL',
      'QUANTRAC_MISSING_CODES',
      'QUANTRAC_RESERVE_BYTES',
      'QUANTRAC_REST_MS',
      'QUANTRAC_TLS_CERTIFICATE',
      'QUANTRAC_TLS_KEY',
    ]);
  });

  it('two ports that others hold are named both', async () => {
    const said = await saidBy({ QUANTRAC_FTP_PORT: String(port), QUANTRAC_HTTP_PORT: String(port) });
    assert.match(said, new RegExp(`QUANTRAC_HTTP_PORT: cannot listen on 127.0.0.1:${port}`));
    assert.match(said, new RegExp(`QUANTRAC_FTP_PORT: cannot listen on 127.0.0.1:${port}`));
  });
});
