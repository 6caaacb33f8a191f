import { randomUUID } from 'node:crypto';
import { type Actor, actor } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayAsk, mayCommand, mayTouch, mayTouchAll, stationAsked, visible } from '../domain/permissions.ts';
import type { Token } from '../domain/token.ts';
import { type AddressQuery, argumentsOf, checked } from './arguments.ts';
import { alive } from './asking.ts';
import type { Owner } from './catalog.ts';

type Peers = (service: string) => Peer;

const MOST_BYTES = 1 << 20;
/** Of commands that bring a file along. */
const mostBytes: Readonly<Record<string, number>> = { ImportStations: 32 << 20 };
const MOST_KEY_LENGTH = 200;

/** Every query and command of an owner, as its schemas in contracts say; who asks is known by then. */
export function addOwner(server: FastifyInstance, service: string, { commands, queries }: Owner, peer: Peers): void {
  for (const [name, { args: schema }] of Object.entries(queries))
    server.get<{ Querystring: AddressQuery }>(`/api/v1/${service}/${name}`, async ({ token, query }) => {
      mayAsk(token, name);
      const args: Place = argumentsOf(schema, query);
      const station = 'station' in schema.shape ? stationAsked(token, args.station) : args.key;
      const asked = 'station' in schema.shape && station !== undefined ? { ...args, station } : args;
      const rows = await (await alive(peer, service)).query(name, asked);
      return { rows: visible(token, rows, station) };
    });
  for (const [name, schema] of Object.entries(commands))
    server.post(
      `/api/v1/${service}/commands/${name}`,
      { bodyLimit: mostBytes[name] ?? MOST_BYTES },
      async (request) => {
        const { token } = request;
        mayCommand(token, name);
        const by = { actor: actorOf(request), commandId: commandIdOf(request, name) };
        const data = checked(schema, request.body ?? {}) as Place;
        await mayTell(token, name, data, peer);
        return (await (await alive(peer, service)).handle(name, data, by)) ?? {};
      },
    );
}

/** What a question or a command is about; a receipt lies under the key of its station. */
interface Place {
  readonly station?: string;
  readonly incident?: string;
  readonly key?: string;
}

/** A token of some stations may tell what is about one of these; an incident is about the station that it names. */
async function mayTell(token: Token, name: string, { station, incident }: Place, peer: Peers): Promise<void> {
  if (token.scope === null) return;
  if (station !== undefined) return mayTouch(token, station);
  if (incident === undefined) return mayTouchAll(token, name);
  const [found] = await (await alive(peer, 'alerting')).query<Place>('incident', { incident });
  mayTouch(token, found?.station);
}

/** The same key of the same token gives the first result. */
function commandIdOf({ token, headers }: FastifyRequest, name: string): string {
  const key = headers['idempotency-key'] ?? randomUUID();
  if (typeof key !== 'string' || key.length === 0 || key.length > MOST_KEY_LENGTH)
    throw Fault.invalid('DataInvalid', `Idempotency-Key: give 1 to ${MOST_KEY_LENGTH} characters`);
  return `${token.token}/${name}/${key}`;
}

/** `Quantrac-On-Behalf-Of`: for whom a program or a clerk asks, where that is somebody else. */
function actorOf({ token: { token, role, organisation }, ip, headers }: FastifyRequest): Actor {
  const onBehalfOf = actor.shape.onBehalfOf.safeParse(headers['quantrac-on-behalf-of']);
  if (!onBehalfOf.success) throw Fault.invalid('DataInvalid', 'Quantrac-On-Behalf-Of: give 1 to 64 characters');
  return {
    account: `token:${token}`,
    role,
    ...(organisation && { organisation }),
    ...(onBehalfOf.data && { onBehalfOf: onBehalfOf.data }),
    from: ip,
  };
}
