import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultPorts, type PortalSettings, portalSettings } from './config.ts';

const tls = { portalTlsCertificate: 'cert.pem', portalTlsKey: 'key.pem' };
const faultsOf = (settings: Partial<PortalSettings>): string[] =>
  portalSettings.safeParse(settings).error?.issues.map(({ path }) => String(path[0])) ?? [];

describe('settings of the portal', () => {
  it('are all defaulted: loopback, without TLS', () => {
    const { portalHost, portalPort, portalTier } = portalSettings.parse({});
    assert.deepEqual([portalHost, portalPort ?? defaultPorts[portalTier]], ['127.0.0.1', 8090]);
    assert.notEqual(defaultPorts.national, defaultPorts.province);
  });

  it('listen on loopback as they are', () => {
    for (const portalHost of ['127.0.0.1', '127.0.0.2', '::1', 'localhost'])
      assert.deepEqual(faultsOf({ portalHost }), []);
  });

  it('beyond loopback want TLS or a trusted proxy', () => {
    for (const portalHost of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com']) {
      assert.deepEqual(faultsOf({ portalHost }), ['portalHost']);
      assert.deepEqual(faultsOf({ portalHost, ...tls }), []);
      assert.deepEqual(faultsOf({ portalHost, portalTrustedProxies: ['10.0.0.2', '10.1.0.0/16'] }), []);
    }
  });

  it('want a certificate and its key together', () => {
    assert.deepEqual(faultsOf({ portalTlsCertificate: 'cert.pem' }), ['portalTlsKey']);
    assert.deepEqual(faultsOf({ portalHost: '0.0.0.0', portalTlsKey: 'key.pem' }), ['portalTlsKey', 'portalHost']);
  });

  it('trust addresses and networks, not names', () =>
    assert.deepEqual(faultsOf({ portalTrustedProxies: ['proxy.example.com'] }), ['portalTrustedProxies']));
});
