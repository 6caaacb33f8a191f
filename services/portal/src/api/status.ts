import type { Peer } from '@quantrac/service';

export interface ServiceState {
  readonly service: string;
  readonly up: boolean;
  readonly groups: readonly { group: string; active: boolean; lastError?: string }[];
}

export interface Status {
  readonly tier: 'province' | 'national';
  readonly node: string;
  readonly at: string;
  readonly services: readonly ServiceState[];
  /** Figures by section and name, in the order in which they are shown. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

const servicesOf = {
  province: ['station-registry', 'ingestion', 'quality-control', 'alerting', 'enterprise-compliance', 'ministry-sync'],
  national: ['national-aggregation'],
} as const;

type Row = Record<string, unknown>;

/** What a person wants to see first: is everything up, what came, what waits, what is wrong. */
export async function statusOf(
  tier: 'province' | 'national',
  node: string,
  peer: (service: string) => Peer,
): Promise<Status> {
  const services = await Promise.all(servicesOf[tier].map((service) => stateOf(service, peer)));
  const ask = async (service: string, query: string, args: object = {}): Promise<readonly Row[]> =>
    services.find((state) => state.service === service)?.up
      ? peer(service)
          .query<Row>(query, args)
          .catch(() => [])
      : [];
  const sections = tier === 'national' ? await nationalSections(ask) : await provinceSections(ask);
  return { tier, node, at: new Date().toISOString(), services, sections };
}

async function stateOf(service: string, peer: (service: string) => Peer): Promise<ServiceState> {
  try {
    const groups = await peer(service).query<ServiceState['groups'][number]>('health', {}, { withinMs: 1000 });
    return { service, up: true, groups };
  } catch {
    return { service, up: false, groups: [] };
  }
}

type Ask = (service: string, query: string, args?: object) => Promise<readonly Row[]>;

async function provinceSections(ask: Ask): Promise<Status['sections']> {
  const [stations, [counts], held, episodes, incidents, [sync]] = await Promise.all([
    ask('station-registry', 'stations'),
    ask('ingestion', 'intakeCounts'),
    ask('ingestion', 'held'),
    ask('alerting', 'episodes', { state: 'open' }),
    ask('alerting', 'incidents'),
    ask('ministry-sync', 'replication'),
  ]);
  return {
    stations: countBy(stations, 'lifecycle'),
    files: figures(counts),
    held: countBy(held, 'reason'),
    episodes: countBy(episodes, 'rule'),
    incidents: countBy(incidents, 'state'),
    replication: figures(sync),
  };
}

async function nationalSections(ask: Ask): Promise<Status['sections']> {
  const nodes = await ask('national-aggregation', 'nodes');
  return Object.fromEntries(nodes.map((row) => [String(row.node), figures(row)]));
}

const countBy = (rows: readonly Row[], field: string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(rows, (row) => String(row[field]))].map(([name, list]) => [name, list.length]));

const figures = (row: Row = {}): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
