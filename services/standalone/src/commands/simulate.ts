import { Fault } from '@quantrac/event-sourcing';
import { peersOf } from '@quantrac/service';
import { type FaultKind, faultKinds, simulate } from '@quantrac/simulator';
import { deliver } from '../demo/deliver.ts';
import { progressLine } from '../demo/progress.ts';
import { registerStations } from '../demo/register.ts';

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
const MINUTE_MS = 60_000;

/** Registers simulated stations at a running node and sends their files, moving its driven clock from now on. */
export async function simulateInto({
  data,
  stations,
  hours,
  seed,
  faults,
  speed,
  province,
}: SimulateOptions): Promise<void> {
  const { peer, close } = peersOf(data);
  const [registry, compliance, ingestion] = [
    peer('station-registry'),
    peer('enterprise-compliance'),
    peer('ingestion'),
  ];
  const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const simulation = simulate({ stations, hours, seed, start, faults: kindsOf(faults) });
  const described = simulation.describe();
  const { accounts } = await registerStations(described.stations, { registry, compliance, provinceCode: province });
  const addresses = await ingestion.query<{ way: string; address: string }>('addresses', {});
  const address = (way: string) => addresses.find((row) => row.way === way)!.address;
  const progress = progressLine();
  const target = {
    ingestion,
    httpUrl: address('http'),
    ftpPort: Number(new URL(address('ftp')).port),
    inbox: address('folder'),
    accountOf: (code: string) => accounts.get(code)!,
  };
  const sent = await deliver(target, {
    deliveries: simulation.deliveries(),
    start,
    end: start + hours * HOUR_MS + 5 * MINUTE_MS,
    stepMs: 5 * MINUTE_MS,
    speed,
    onStep: (at) => progress.update(data, at),
  });
  progress.done();
  process.stdout.write(
    `${sent.files} files sent: ${sent.byWay.ftp} over FTP, ${sent.byWay.http} over HTTP, ${sent.byWay.folder} through the folder; ${sent.refused} refused\n`,
  );
  for (const { kind, stationCode, channel } of described.faults)
    process.stdout.write(`fault: ${kind} at ${stationCode}${channel ? ` ${channel}` : ''}\n`);
  close();
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
