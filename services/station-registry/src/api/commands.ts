import { stationRegistryCommands as schemas } from '@quantrac/contracts/commands/station-registry';
import { type CommandContext, type CommandHandler, command } from '@quantrac/service';
import type { NamesChange } from '../domain/claims.ts';
import type { StationChange } from '../domain/station.ts';
import type { RegistryView } from '../read-models/registry.ts';
import { idFrom } from './ids.ts';
import { importStations } from './import-stations.ts';
import type { StationChanges } from './station-changes.ts';
import type { UploadAccounts } from './upload-accounts.ts';

interface Handlers {
  readonly node: string;
  readonly view: RegistryView;
  readonly stations: StationChanges;
  readonly accounts: UploadAccounts;
}

export const stationRegistryCommands = (handlers: Handlers): Readonly<Record<string, CommandHandler>> => ({
  ...stationCommands(handlers),
  ...nameCommands(handlers),
  ...accountCommands(handlers),
  ImportStations: command(schemas.ImportStations, importStations(handlers)),
});

const stationCommands = ({ node: here, stations }: Handlers): Readonly<Record<string, CommandHandler>> => {
  const { change } = stations;
  return {
    RegisterStation: command(schemas.RegisterStation, (data, context) => {
      const { station = idFrom('s', context.commandId), node = here, prefixes, folder, aliases, ...details } = data;
      const names: NamesChange[] = [
        ...prefixes.map((prefix) => ({ type: 'AddPrefix', prefix }) as const),
        ...(folder ? [{ type: 'SetFolder', folder } as const] : []),
        ...aliases.map((alias) => ({ type: 'AddAlias', ...alias }) as const),
      ];
      const registration: StationChange = { type: 'RegisterStation', station, node, ...details };
      return stations.changeNamed({ station, names, changes: [registration] }, context);
    }),
    ChangeStationDetails: command(schemas.ChangeStationDetails, ({ station, ...data }, context) =>
      change(station, { type: 'ChangeStationDetails', ...data }, context),
    ),
    AssignProvince: command(schemas.AssignProvince, ({ station, ...data }, context) =>
      change(station, { type: 'AssignProvince', ...data }, context),
    ),
    CorrectClock: command(schemas.CorrectClock, ({ station, ...data }, context) =>
      change(station, { type: 'CorrectClock', ...data }, context),
    ),
    ChangeLifecycle: command(schemas.ChangeLifecycle, ({ station, ...data }, context) =>
      change(station, { type: 'ChangeLifecycle', ...data }, context),
    ),
    RequestApproval: command(schemas.RequestApproval, ({ station }, context) =>
      change(station, { type: 'RequestApproval' }, context),
    ),
    RecordApproval: command(schemas.RecordApproval, ({ station, ...data }, context) =>
      change(station, { type: 'RecordApproval', ...data }, context),
    ),
    ...channelCommands(change),
    ...periodCommands(change),
  };
};

type Change = StationChanges['change'];

const channelCommands = (change: Change): Readonly<Record<string, CommandHandler>> => ({
  AddChannel: command(schemas.AddChannel, ({ station, ...data }, context) =>
    change(station, { type: 'AddChannel', ...data }, context),
  ),
  ChangeChannelSettings: command(schemas.ChangeChannelSettings, ({ station, ...data }, context) =>
    change(station, { type: 'ChangeChannelSettings', ...data }, context),
  ),
  WithdrawChannelSettings: command(schemas.WithdrawChannelSettings, ({ station, ...data }, context) =>
    change(station, { type: 'WithdrawChannelSettings', ...data }, context),
  ),
  InstallInstrument: command(schemas.InstallInstrument, ({ station, ...data }, context) =>
    change(station, { type: 'InstallInstrument', ...data }, context),
  ),
  RemoveInstrument: command(schemas.RemoveInstrument, ({ station, ...data }, context) =>
    change(station, { type: 'RemoveInstrument', ...data }, context),
  ),
});

const periodCommands = (change: Change): Readonly<Record<string, CommandHandler>> => ({
  DeclarePeriod: command(schemas.DeclarePeriod, async ({ station, ...data }, context) => {
    const { period = idFrom('p', context.commandId), ...declaration } = data;
    const by = context.actor.account;
    await change(station, { type: 'DeclarePeriod', ...declaration, period, by }, context);
    return { station, period };
  }),
  AcceptPeriod: command(schemas.AcceptPeriod, ({ station, ...data }, context) =>
    change(station, { type: 'AcceptPeriod', ...data }, context),
  ),
  RejectPeriod: command(schemas.RejectPeriod, ({ station, ...data }, context) =>
    change(station, { type: 'RejectPeriod', ...data }, context),
  ),
  WithdrawPeriod: command(schemas.WithdrawPeriod, ({ station, ...data }, context) =>
    change(station, { type: 'WithdrawPeriod', ...data }, context),
  ),
});

const nameCommands = ({ stations }: Handlers): Readonly<Record<string, CommandHandler>> => {
  const name = (station: string, asked: NamesChange, context: CommandContext) =>
    stations.changeNamed({ station, names: [asked], changes: [] }, context);
  return {
    AddPrefix: command(schemas.AddPrefix, ({ station, ...data }, context) =>
      name(station, { type: 'AddPrefix', ...data }, context),
    ),
    RemovePrefix: command(schemas.RemovePrefix, ({ station, ...data }, context) =>
      name(station, { type: 'RemovePrefix', ...data }, context),
    ),
    SetFolder: command(schemas.SetFolder, ({ station, ...data }, context) =>
      name(station, { type: 'SetFolder', ...data }, context),
    ),
    RemoveFolder: command(schemas.RemoveFolder, ({ station }, context) =>
      name(station, { type: 'RemoveFolder' }, context),
    ),
    AddAlias: command(schemas.AddAlias, ({ station, ...data }, context) =>
      name(station, { type: 'AddAlias', ...data }, context),
    ),
    EndAlias: command(schemas.EndAlias, ({ station, ...data }, context) =>
      name(station, { type: 'EndAlias', ...data }, context),
    ),
  };
};

const accountCommands = ({ stations, accounts }: Handlers): Readonly<Record<string, CommandHandler>> => ({
  LinkAccount: command(schemas.LinkAccount, async ({ station, account }, context) => {
    await accounts.refuseUnusable(account);
    return stations.change(station, { type: 'LinkAccount', account }, context);
  }),
  UnlinkAccount: command(schemas.UnlinkAccount, ({ station, account }, context) =>
    stations.change(station, { type: 'UnlinkAccount', account }, context),
  ),
  RegisterUploadAccount: command(schemas.RegisterUploadAccount, accounts.register),
  RenameUploadAccount: command(schemas.RenameUploadAccount, ({ account, name }, context) =>
    accounts.change(account, { type: 'RenameUploadAccount', name }, context),
  ),
  SetUploadPassword: command(schemas.SetUploadPassword, accounts.setPassword),
  AllowPlainFtp: command(schemas.AllowPlainFtp, ({ account, allowed }, context) =>
    accounts.change(account, { type: 'AllowPlainFtp', allowed }, context),
  ),
  RevokeUploadAccount: command(schemas.RevokeUploadAccount, ({ account, reason }, context) =>
    accounts.change(account, { type: 'RevokeUploadAccount', reason }, context),
  ),
  CheckCredentials: command(schemas.CheckCredentials, (data, context) => accounts.check(data, context.at)),
});
