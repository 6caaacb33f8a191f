import { randomUUID } from 'node:crypto';
import type { StationsImported } from '@quantrac/contracts/commands/station-registry';
import type { Peer } from '@quantrac/service';
import type { ChannelModel } from '@quantrac/simulator/channel-models';
import { type FleetStation, HOUR_MS, SLOT_MS, WATCHED } from './fleet.ts';

export const account = { user: 'bench', password: 'bench-bench' };

const SINCE = '2020-01-01';
const ENTERPRISE = '0100000001';
const AT_ONCE = 16;

const by = () => ({ actor: { account: 'bench', role: 'system' as const }, commandId: randomUUID() });

/** Registers the fleet from one CSV file, with one account for all, and the limits that its stations are held to. */
export async function registerFleet(
  fleet: readonly FleetStation[],
  registry: Peer,
  compliance: Peer,
  stationsAtOnce = 250,
): Promise<void> {
  await registry.handle(
    'RegisterUploadAccount',
    { account: account.user, name: 'Bench', password: account.password, plainFtp: true },
    by(),
  );
  for (let at = 0; at < fleet.length; at += stationsAtOnce) {
    const csv = csvOf(fleet.slice(at, at + stationsAtOnce));
    const { faults } = await registry.handle<StationsImported>('ImportStations', { csv }, by());
    if (faults.length > 0) throw new Error(`the fleet could not be registered: ${JSON.stringify(faults[0])}`);
  }
  await compliance.handle('RegisterEnterprise', { enterprise: ENTERPRISE, name: 'Bench' }, by());
  await limited(fleet, compliance);
}

const columns = [
  'station',
  'kind',
  'name',
  'lifecycle',
  'provinces',
  'prefixes',
  'folder',
  'folder_layout',
  'accounts',
  'channel',
  'parameter',
  'point',
  'names',
  'unit',
  'basis',
  'basis_sent',
  'stamp',
  'statistic',
  'interval_s',
  'delivery_s',
  'analyser_cycle_s',
  'range_fail_min',
  'range_fail_max',
  'spike_suspect',
  'spike_fail',
  'rate_suspect',
  'rate_fail',
  'flat_tolerance',
  'flat_suspect_after',
  'flat_fail_after',
] as const;

const channelOf = ({ symbol, point }: ChannelModel): string => `${symbol.replace(',', '.')}-${point}`;

function csvOf(fleet: readonly FleetStation[]): string {
  const lines = fleet.flatMap((station) => station.channels.map((model) => lineOf(station, model)));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

/** Every test has thresholds, wide enough for values above a limit, so that these count. */
function lineOf({ code, kind, layout }: FleetStation, model: ChannelModel): string {
  const width = model.range[1] - model.range[0];
  const cells: Partial<Record<(typeof columns)[number], string | number>> = {
    station: code,
    kind,
    name: code,
    lifecycle: 'operating',
    provinces: '79',
    prefixes: code,
    folder: code,
    folder_layout: layout,
    accounts: account.user,
    channel: channelOf(model),
    parameter: model.parameter,
    point: model.point,
    names: `"${model.symbol}"`,
    unit: model.unit,
    ...(model.basis && { basis: model.basis, basis_sent: model.basis }),
    stamp: 'end',
    statistic: 'mean',
    interval_s: SLOT_MS / 1000,
    delivery_s: HOUR_MS / 1000,
    ...(model.cycleMinutes && { analyser_cycle_s: model.cycleMinutes * 60 }),
    range_fail_min: model.range[0],
    range_fail_max: model.range[1],
    spike_suspect: width / 2,
    spike_fail: width,
    rate_suspect: width / 2,
    rate_fail: width,
    ...(!model.cycleMinutes && { flat_tolerance: 0, flat_suspect_after: 9, flat_fail_after: 18 }),
  };
  return columns.map((column) => cells[column] ?? '').join(',');
}

/** A permit a wastewater station, the standard where air is watched; a few at once. */
async function limited(fleet: readonly FleetStation[], compliance: Peer): Promise<void> {
  const waiting = fleet.filter(({ kind }) => kind === 'wastewater' || kind === 'ambient-air');
  const next = async (): Promise<void> => {
    for (let station = waiting.pop(); station; station = waiting.pop()) await limit(station, compliance);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function limit({ code, kind, channels }: FleetStation, compliance: Peer): Promise<void> {
  if (kind === 'ambient-air') {
    const assigned = { station: code, standard: 'QCVN 05:2023/BTNMT', from: SINCE };
    await compliance.handle('AssignStandard', assigned, by());
    return;
  }
  const facility = `facility-${code}`;
  const owned = { owner: ENTERPRISE, operatingSince: SINCE, stations: [{ station: code }] };
  await compliance.handle('RegisterFacility', { facility, name: code, kind: 'polluting-type', ...owned }, by());
  const rules = channels
    .filter((model) => model.limit)
    .map((model) => ({
      station: code,
      channel: channelOf(model),
      standard: model.limit!.standard,
      column: model.limit!.column,
      factors: { Kq: '0.9', Kf: '1.0' },
      ...(model.symbol === WATCHED && { watch: ['reading', '1h'] }),
    }));
  const permit = { permit: `permit-${code}`, facility, number: code, from: SINCE, rules };
  await compliance.handle('GrantPermit', permit, by());
}
