import type { Channel, ChannelSettings } from '@quantrac/contracts';
import type { Peer } from '@quantrac/service';
import type { ChannelDescription, StationDescription } from '@quantrac/simulator';

export interface Registered {
  /** Station ids by the codes of their folders. */
  readonly stations: ReadonlyMap<string, string>;
  /** Upload accounts by the same codes. */
  readonly accounts: ReadonlyMap<string, { readonly user: string; readonly password: string }>;
}

export interface RegisterOptions {
  readonly registry: Peer;
  readonly compliance: Peer;
  readonly provinceCode: string;
  /** One account for all stations instead of one each. */
  readonly sharedAccount?: boolean;
}

const actor = { account: 'simulator', role: 'system' as const };
const SINCE = '2020-01-01';

/** Registers what a simulation describes, as a department would: stations, channels, accounts, permits. */
export async function registerStations(
  stations: readonly StationDescription[],
  options: RegisterOptions,
): Promise<Registered> {
  const ids = new Map<string, string>();
  const accounts = new Map<string, { user: string; password: string }>();
  const shared = options.sharedAccount ? await registerAccount('simulator', 'the simulator', options) : undefined;
  for (const description of stations) {
    const station = await registerStation(description, options);
    const account = shared ?? (await registerAccount(description.code.toLowerCase(), description.name, options));
    await options.registry.handle('LinkAccount', { station, account: account.user }, by(`link-${description.code}`));
    ids.set(description.code, station);
    accounts.set(description.code, account);
    await limitStation(station, description, options);
  }
  return { stations: ids, accounts };
}

const by = (commandId: string) => ({ actor, commandId: `simulator-${commandId}` });

/** The key that the simulator uploads with: of no worth outside the machine it runs on. */
async function registerAccount(account: string, name: string, { registry }: RegisterOptions) {
  const password = `simulated-${account}`;
  await registry.handle('RegisterUploadAccount', { account, name, password, plainFtp: true }, by(`account-${account}`));
  return { user: account, password };
}

async function registerStation(
  description: StationDescription,
  { registry, provinceCode }: RegisterOptions,
): Promise<string> {
  const { code, name, kind, prefix, layout } = description;
  const { station } = await registry.handle<{ station: string }>(
    'RegisterStation',
    {
      kind,
      name,
      lifecycle: 'operating',
      provinces: [{ province: provinceCode, from: null }],
      prefixes: [prefix],
      folder: { code, layout },
    },
    by(`register-${code}`),
  );
  for (const channel of description.channels)
    await registry.handle(
      'AddChannel',
      { station, ...channelOf(channel, description) },
      by(`channel-${code}-${channel.code}`),
    );
  return station;
}

function channelOf(
  channel: ChannelDescription,
  { intervalMs, deliveryMs }: StationDescription,
): Omit<Channel, 'settings'> & { settings: ChannelSettings } {
  const { code, symbol, parameter, unit, unitSent, point, basis, analyserCycleMs, quality } = channel;
  return {
    channel: code,
    parameter,
    point,
    settings: {
      from: null,
      names: [symbol],
      unit,
      unitSent,
      ...(basis && { basis, basisSent: basis }),
      stamp: 'end',
      statistic: 'mean',
      intervalMs,
      deliveryMs,
      ...(analyserCycleMs && { analyserCycleMs }),
      quality,
    },
  };
}

/** A permit where a facility discharges, a standard where air is watched. */
async function limitStation(
  station: string,
  description: StationDescription,
  { compliance }: RegisterOptions,
): Promise<void> {
  const { code, name, channels } = description;
  const limited = channels.filter(({ limit }) => limit !== undefined);
  if (limited.length === 0) return;
  if (description.kind === 'ambient-air') {
    await compliance.handle(
      'AssignStandard',
      { station, standard: limited[0]!.limit!.standard, from: SINCE },
      by(`standard-${code}`),
    );
    return;
  }
  const enterprise = `01${String(taxNumber(code)).padStart(8, '0')}`;
  await compliance.handle('RegisterEnterprise', { enterprise, name: `Công ty ${name}` }, by(`enterprise-${code}`));
  const facility = `facility-${code}`;
  await compliance.handle(
    'RegisterFacility',
    {
      facility,
      name: `Cơ sở ${name}`,
      kind: 'polluting-type',
      owner: enterprise,
      operatingSince: SINCE,
      stations: [{ station }],
    },
    by(`facility-${code}`),
  );
  const rules = limited.map((channel) => ruleOf(station, channel));
  await compliance.handle(
    'GrantPermit',
    { permit: `permit-${code}`, facility, number: `GPMT ${code}`, from: SINCE, rules },
    by(`permit-${code}`),
  );
}

const taxNumber = (code: string): number =>
  [...code].reduce((sum, letter) => (sum * 37 + letter.charCodeAt(0)) % 100_000_000, 7);

function ruleOf(station: string, { code, unit, limit }: ChannelDescription) {
  const { standard, column, min, max } = limit!;
  const own = standard.startsWith('QCVN 40:2011')
    ? {}
    : { value: { ...(min && { lower: min }), ...(max && { upper: max }), unit } };
  const factors = standard.startsWith('QCVN 40:2011') ? { factors: { Kq: '0.9', Kf: '1.0' } } : {};
  return { station, channel: code, standard, ...(column && { column }), ...factors, ...own };
}
