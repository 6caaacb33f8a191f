import { portalCommands } from '@quantrac/contracts/commands/portal';
import { portalQueries } from '@quantrac/contracts/queries/portal';
import { command, query, type ServiceDefinition, type Stores, type Surroundings } from '@quantrac/service';
import { openHttp } from './api/http.ts';
import { tokensOf } from './api/tokens.ts';
import type { PortalSettings } from './config.ts';

/** Tokens, the HTTP API and the status page; owns no data of the field. */
export function portalService(
  stores: Stores,
  settings: PortalSettings,
  { node, data, peer }: Surroundings,
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
        await tokens.first(data);
        const server = await openHttp({ settings, node, peer, log: stores.log, tokens });
        const scheme = settings.portalTlsCertificate ? 'https' : 'http';
        const { port } = server.server.address() as { port: number };
        addresses.push({ way: 'http', address: `${scheme}://${settings.portalHost}:${port}` });
        return { stop: () => server.close() };
      },
    ],
  };
}
