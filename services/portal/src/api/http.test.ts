import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openEmbeddedStores, type Peer } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { pino } from 'pino';
import { portalSettings } from '../config.ts';
import { httpServer } from './http.ts';
import { tokensOf } from './tokens.ts';

const nobody = (): Peer => {
  throw new Error('nobody is asked here');
};

/** The server of the portal that does not listen; requests are handed in as from an address. */
const open = async (test: TestContext, given: object) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'portal');
  test.after(() => stores.close());
  const settings = portalSettings.parse(given);
  const log = pino({ level: 'silent' });
  const server = httpServer({
    settings,
    node: 'n1',
    peer: nobody,
    events: stores.log,
    tokens: tokensOf(stores.events),
    log,
  });
  const statusOf = async (url: string, remoteAddress: string, headers: Record<string, string> = {}) =>
    (await server.inject({ url, remoteAddress, headers })).statusCode;
  return { statusOf };
};
const encrypted = { 'x-forwarded-proto': 'https' };

describe('the portal beyond loopback, behind a trusted proxy', () => {
  it('answers what the proxy says came encrypted, and nothing else', async (test) => {
    const { statusOf } = await open(test, { portalHost: '0.0.0.0', portalTrustedProxies: ['10.0.0.2'] });
    assert.equal(await statusOf('/', '10.0.0.2', encrypted), 200);
    assert.equal(await statusOf('/', '10.0.0.2'), 403);
    assert.equal(await statusOf('/', '10.0.0.3', encrypted), 403);
    assert.equal(await statusOf('/', '::ffff:10.0.0.2', encrypted), 200);
  });

  it('wants a token for the state too', async (test) => {
    const { statusOf } = await open(test, { portalHost: '0.0.0.0', portalTrustedProxies: ['10.0.0.2'] });
    assert.equal(await statusOf('/api/v1/status', '10.0.0.2', encrypted), 401);
    const near = await open(test, { portalTrustedProxies: ['127.0.0.1'] });
    assert.equal(await near.statusOf('/api/v1/status', '127.0.0.1'), 401);
  });
});

it('a certificate that cannot be read is a bad setting, by name', (test) =>
  assert.rejects(open(test, { portalTlsCertificate: '/none.pem', portalTlsKey: '/none.pem' }), {
    code: 'SettingsInvalid',
    message: /QUANTRAC_PORTAL_TLS_CERTIFICATE.*none\.pem/,
  }));
