import type { AddressInfo } from 'node:net';
import { portalCommands } from '@quantrac/contracts/commands/portal';
import { portalQueries } from '@quantrac/contracts/queries/portal';
import { Fault } from '@quantrac/event-sourcing';
import { command, query, type ServiceDefinition, type Stores, type Surroundings } from '@quantrac/service';
import type { FastifyInstance } from 'fastify';
import { httpServer } from './api/http.ts';
import { tokensOf } from './api/tokens.ts';
import { defaultPorts, type PortalSettings } from './config.ts';

/** Tokens, the HTTP API and the status page; owns no data of the field. */
export function portalService(
  stores: Stores,
  settings: PortalSettings,
  { node, data, peer, clock, log }: Surroundings,
): ServiceDefinition {
  const tokens = tokensOf(stores.events);
  const addresses: { way: string; address: string }[] = [];
  return {
    name: 'portal',
    topics: [],
    processors: [],
    relays: [],
    commands: {
      CreateToken: command(portalCommands.CreateToken, (wanted, context) => tokens.create(wanted, context)),
      RevokeToken: command(portalCommands.RevokeToken, ({ token, reason }, context) =>
        tokens.revoke(token, reason, context),
      ),
    },
    queries: {
      tokens: query(portalQueries.tokens.args, () => tokens.list()),
      addresses: query(portalQueries.addresses.args, async () => addresses),
    },
    run: [
      async () => {
        const file = await tokens.first(data, clock());
        if (file) log.info({ file }, 'the first token lies in a file');
        const server = httpServer({ settings, node, peer, events: stores.log, tokens, log });
        await listen(server, settings);
        addresses.push({ way: 'http', address: addressOf(settings, server.server.address() as AddressInfo) });
        return { stop: () => server.close() };
      },
    ],
  };
}

/** Throws the Fault `SettingsInvalid` where nobody can listen. */
async function listen(server: FastifyInstance, { portalHost, portalPort, portalTier }: PortalSettings): Promise<void> {
  try {
    await server.listen({ host: portalHost, port: portalPort ?? defaultPorts[portalTier] });
  } catch (error) {
    const settings = 'QUANTRAC_PORTAL_HOST, QUANTRAC_PORTAL_PORT';
    throw Fault.invalid(
      'SettingsInvalid',
      `${settings}: ${(error as Error).message}: choose another port (0: any free one)`,
    );
  }
}

function addressOf({ portalHost, portalTlsCertificate }: PortalSettings, { port }: AddressInfo): string {
  const host = portalHost.includes(':') ? `[${portalHost}]` : portalHost;
  return `${portalTlsCertificate ? 'https' : 'http'}://${host}:${port}`;
}
