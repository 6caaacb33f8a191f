import { Fault, isFault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';
import { type Description, type FaultKind, faultKinds, simulate } from '@quantrac/simulator';
import { askingNode, operator } from '../asker.ts';
import { deliver, type Sent } from '../demo/deliver.ts';
import { stationsKnown } from '../demo/known.ts';
import { progressLine } from '../demo/progress.ts';
import { registerStations } from '../demo/register.ts';
import { targetOf } from '../demo/target.ts';

export interface SimulateOptions {
  readonly data: string;
  readonly stations: number;
  readonly hours: number;
  readonly seed: number;
  readonly faults?: string;
  readonly speed?: number;
  readonly province: string;
}

const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;

const services = ['station-registry', 'enterprise-compliance', 'ingestion'] as const;

/** Registers simulated stations at a running node and sends their files, moving its driven clock from where it stands, or from now on. */
export const simulateInto = (options: SimulateOptions): Promise<void> =>
  askingNode(options.data, services, async (peer) => {
    const { data, stations, hours, seed, faults, speed, province } = options;
    const [registry, compliance, ingestion] = [peer(services[0]), peer(services[1]), peer(services[2])];
    const start = await begin(ingestion);
    const simulation = simulate({ stations, hours, seed, start, faults: kindsOf(faults) });
    const described = simulation.describe();
    const registered = await registerStations(described.stations, { registry, compliance, provinceCode: province });
    await stationsKnown(registry, ingestion);
    const progress = progressLine();
    const sent = await deliver(await targetOf(ingestion, registered), {
      deliveries: simulation.deliveries(),
      start,
      end: start + hours * HOUR_MS + STEP_MS,
      stepMs: STEP_MS,
      speed,
      onStep: (at) => progress.update(data, at),
    });
    progress.done();
    say(sent, described);
  });

/** The hour that the machine is in, or where an earlier simulation has left the node's clock, which never goes back. */
async function begin(ingestion: Peer): Promise<number> {
  const [known] = await ingestion.query<{ at: string }>('known', {});
  const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const driven = await moved(ingestion, hour);
  return driven ? hour : Math.ceil(Date.parse(known!.at) / STEP_MS) * STEP_MS;
}

/** False: the clock is further already. */
async function moved(ingestion: Peer, to: number): Promise<boolean> {
  try {
    await ingestion.handle('AdvanceClock', { to: new Date(to).toISOString() }, operator());
    return true;
  } catch (error) {
    if (isFault(error) && error.code === 'ClockBackward') return false;
    throw error;
  }
}

function say({ files, byWay, refused }: Sent, { faults }: Description): void {
  process.stdout.write(
    `${files} files sent: ${byWay.ftp} over FTP, ${byWay.http} over HTTP, ${byWay.folder} through the folder; ${refused} refused\n`,
  );
  for (const { kind, stationCode, channel } of faults)
    process.stdout.write(`fault: ${kind} at ${stationCode}${channel ? ` ${channel}` : ''}\n`);
}

function kindsOf(text: string | undefined): readonly FaultKind[] | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return [];
  const kinds = text.split(',');
  const wrong = kinds.filter((kind) => !(faultKinds as readonly string[]).includes(kind));
  if (wrong.length > 0)
    throw Fault.invalid('FaultUnknown', `no fault is called ${wrong.join(', ')}: choose from ${faultKinds.join(', ')}`);
  return kinds as FaultKind[];
}
