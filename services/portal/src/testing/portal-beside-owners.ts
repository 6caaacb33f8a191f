import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Hosted } from '@quantrac/service';
import { type ServiceProcess, startService } from '@quantrac/testing';
import { type Answer, type OpenedPortal, openPortal, tokenFor } from './opened-portal.ts';
import { hostSmallAlerting } from './small-alerting.ts';

export const stations = '/api/v1/station-registry/stations';
export const topic = '/api/v1/topics/quantrac.stations.v1';
export const incidentTopic = '/api/v1/topics/quantrac.incidents.v1';

export interface PortalBesideOwners {
  portal: OpenedPortal;
  registry: ServiceProcess;
  /** The secret of an enterprise that sees station `s1` alone. */
  enterprise: string;
}

/** For the tests of a file: the portal beside a real station registry, with stations `s1` and `s2`, and a small alerting. */
export function portalBesideOwners(): PortalBesideOwners {
  const node = {} as PortalBesideOwners;
  let alerting: Hosted;
  before(async () => {
    node.portal = await openPortal();
    const { data } = node.portal;
    [node.registry, alerting] = await Promise.all([startService('station-registry', data), hostSmallAlerting(data)]);
    for (const station of ['s1', 's2']) assert.equal((await register(node.portal, { station })).status, 200);
    node.enterprise = (await tokenFor(node.portal, { role: 'enterprise', scope: ['s1'] })).secret;
  });
  after(async () => {
    await node.registry.kill();
    await alerting.stop();
    await node.portal.stop();
  });
  return node;
}

export const register = (portal: OpenedPortal, given: object, headers: Record<string, string> = {}) =>
  portal.command<{ station: string }>(
    'station-registry',
    'RegisterStation',
    { kind: 'wastewater', name: 'Trạm nước thải', ...given },
    { headers },
  );

/** Asserts that an answer is problem details of this status and code, with words about what to do. */
export function isProblem({ status, headers, text }: Answer<unknown>, expected: number, title: string): void {
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/, text);
  const problem = JSON.parse(text) as { status: number; title: string; detail: string };
  assert.deepEqual([status, problem.status, problem.title], [expected, expected, title], text);
  assert.ok(problem.detail.length > 10);
}

export interface Events {
  readonly next: string;
  readonly events: readonly { id: string; subject: string; specversion: string }[];
}

export async function eventsAt(portal: OpenedPortal, address: string, secret?: string): Promise<Events> {
  const { body, text, status } = await portal.get<Events>(address, secret ? { secret } : {});
  assert.equal(status, 200, text);
  return body;
}

/** A topic's whole history, as whoever holds the secret gets it. */
export async function historyAt(portal: OpenedPortal, address: string, secret?: string): Promise<Events['events']> {
  const { text } = await portal.get(`${address}/history`, secret ? { secret } : {});
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Events['events'][number]);
}
