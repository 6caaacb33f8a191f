import { enterpriseComplianceCommands as schemas } from '@quantrac/contracts/commands/enterprise-compliance';
import { commandHandler, type Decider } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import { type CommandContext, type CommandHandler, command } from '@quantrac/service';
import { enterprise } from '../domain/enterprise.ts';
import { type FacilityCommand, facility } from '../domain/facility.ts';
import type { MembershipCommand } from '../domain/membership.ts';
import { type PermitCommand, permit } from '../domain/permit.ts';
import { stationLimits } from '../domain/station-limits.ts';
import { versionOfFacility } from '../read-models/register-entries.ts';
import type { RegisterView } from '../read-models/register-view.ts';
import { enterpriseStream, facilityStream, permitStream, stationLimitsStream } from '../read-models/streams.ts';
import { appendOptions } from './append-options.ts';
import { type RegisterLookup, registerLookup } from './register-lookup.ts';
import type { StationTeller } from './tell-stations.ts';

type Handlers = Readonly<Record<string, CommandHandler>>;

export const enterpriseComplianceCommands = (
  events: EventStore,
  view: RegisterView,
  teller: StationTeller,
): Handlers => {
  const lookup = registerLookup(events);
  const register = handling(events, enterprise);
  const assign = handling(events, stationLimits);
  return {
    RegisterEnterprise: command(schemas.RegisterEnterprise, (data, context) =>
      register(enterpriseStream(data.enterprise), { type: 'RegisterEnterprise', ...data, at: atOf(context) }, context),
    ),
    ...facilityCommands(events, lookup, view),
    ...permitCommands(events, lookup, teller),
    AssignStandard: command(schemas.AssignStandard, ({ station, ...assigned }, context) =>
      assign(stationLimitsStream(station), { type: 'AssignStandard', assigned, at: atOf(context) }, context),
    ),
  };
};

const facilityCommands = (events: EventStore, lookup: RegisterLookup, view: RegisterView): Handlers => {
  const change = changingFacilities(events, view);
  return {
    RegisterFacility: command(schemas.RegisterFacility, async ({ stations, ...data }, context) => {
      const at = atOf(context);
      await lookup.enterprise(data.owner);
      const attached = stations.map(({ station, from = data.operatingSince }): MembershipCommand => {
        return { type: 'AttachStation', station, facility: data.facility, from, at };
      });
      // Nothing is registered where a station is refused.
      for (const asked of attached) await lookup.mayChange(asked, context.commandId);
      const registered = await change.facility(data.facility, { type: 'RegisterFacility', ...data, at }, context);
      const changed = [registered];
      for (const asked of attached) changed.push(await change.membership(asked, context));
      return changed.at(-1)!;
    }),
    TransferFacility: command(schemas.TransferFacility, async ({ facility: id, ...data }, context) => {
      await lookup.enterprise(data.to);
      return change.facility(id, { type: 'TransferFacility', ...data, at: atOf(context) }, context);
    }),
    AttachStation: command(schemas.AttachStation, async (data, context) => {
      await lookup.facility(data.facility);
      return change.membership({ type: 'AttachStation', ...data, at: atOf(context) }, context);
    }),
    DetachStation: command(schemas.DetachStation, async (data, context) => {
      await lookup.facility(data.facility);
      return change.membership({ type: 'DetachStation', ...data, at: atOf(context) }, context);
    }),
  };
};

/** Each answers the version that the facility has then: it changes with its stations, whose streams say where they belong. */
const changingFacilities = (events: EventStore, view: RegisterView) => {
  const handle = handling(events, facility);
  const handleStation = handling(events, stationLimits);
  const versionOf = async (id: string) => ({ version: versionOfFacility(await view.current(), id) });
  return {
    async facility(id: string, asked: FacilityCommand, context: CommandContext) {
      await handle(facilityStream(id), asked, context);
      return versionOf(id);
    },
    async membership(asked: MembershipCommand, context: CommandContext) {
      await handleStation(stationLimitsStream(asked.station), asked, context);
      return versionOf(asked.facility);
    },
  };
};

const permitCommands = (events: EventStore, lookup: RegisterLookup, teller: StationTeller): Handlers => {
  const handle = handling(events, permit);
  const change = async (id: string, asked: PermitCommand, context: CommandContext) => {
    const changed = await handle(permitStream(id), asked, context);
    await teller.tell(id, context);
    return changed;
  };
  return {
    GrantPermit: command(schemas.GrantPermit, async (data, context) => {
      const { operatingSince } = await lookup.facilityOf(data);
      const asked = { type: 'GrantPermit', ...data, facilitySince: operatingSince, at: atOf(context) } as const;
      return change(data.permit, asked, context);
    }),
    AmendPermit: command(schemas.AmendPermit, async ({ permit: id, ...data }, context) => {
      const { facility: facilityId, from, to } = await lookup.permit(id);
      const amended = { facility: facilityId, from, to: data.to === undefined ? to : data.to, rules: data.rules };
      await lookup.facilityOf(amended);
      return change(id, { type: 'AmendPermit', ...data, at: atOf(context) }, context);
    }),
    RevokePermit: command(schemas.RevokePermit, ({ permit: id, ...data }, context) =>
      change(id, { type: 'RevokePermit', ...data, at: atOf(context) }, context),
    ),
  };
};

/** Load, decide, append; answers the version that the stream has then. */
const handling = <State, Command, Event>(events: EventStore, decider: Decider<State, Command, Event>) => {
  const handle = commandHandler(decider, events.streams<Event>());
  return async (streamId: string, asked: Command, context: CommandContext): Promise<{ version: number }> => {
    const { version } = await handle(streamId, asked, appendOptions(context));
    return { version };
  };
};

const atOf = ({ at }: CommandContext): string => toInstant(at);
