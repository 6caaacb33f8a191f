import { Fault } from '@quantrac/event-sourcing';
import { compareDecimals, currentProvinces, formerProvinces, isDecimal, provinceByCode } from '@quantrac/regulations';
import { type Instant, placed } from './interval.ts';
import { isSame } from './same.ts';

export interface Position {
  /** Degrees, north and east positive. */
  readonly latitude: string;
  readonly longitude: string;
}

/** The province that a station lies in from a day on; null: since ever. A code without its date names no province. */
export interface ProvinceFrom {
  readonly province: string;
  readonly from: string | null;
}

/** What a station is called and where it stands. */
export interface StationDetails {
  readonly name: string;
  readonly facility?: string;
  readonly position?: Position;
  /** Sorted by their days. */
  readonly provinces: readonly ProvinceFrom[];
}

/** Stored for ever: names and shapes are the storage format. */
export type DetailsEvent =
  | { readonly type: 'StationRenamed'; readonly data: { readonly name: string; readonly at: Instant } }
  | { readonly type: 'StationAssignedToFacility'; readonly data: { readonly facility: string; readonly at: Instant } }
  | { readonly type: 'StationPositioned'; readonly data: { readonly position: Position; readonly at: Instant } }
  | { readonly type: 'StationAssignedToProvince'; readonly data: ProvinceFrom & { readonly at: Instant } };

export type DetailsCommand =
  /** What is left out stays as it is. */
  | {
      readonly type: 'ChangeStationDetails';
      readonly name?: string | undefined;
      readonly facility?: string | undefined;
      readonly position?: Position | undefined;
    }
  | ({ readonly type: 'AssignProvince' } & ProvinceFrom);

export const decideDetails = (
  command: DetailsCommand,
  details: StationDetails,
  at: Instant,
): readonly DetailsEvent[] => {
  if (command.type === 'AssignProvince') return assignProvince(command, details, at);
  const { name, facility, position } = command;
  if (position) refusePosition(position);
  const events: DetailsEvent[] = [];
  if (name !== undefined && name !== details.name) events.push({ type: 'StationRenamed', data: { name, at } });
  if (facility !== undefined && facility !== details.facility)
    events.push({ type: 'StationAssignedToFacility', data: { facility, at } });
  if (position && !isSame(position, details.position))
    events.push({ type: 'StationPositioned', data: { position, at } });
  return events;
};

export const evolveDetails = <Details extends StationDetails>(details: Details, event: DetailsEvent): Details => {
  switch (event.type) {
    case 'StationRenamed':
      return { ...details, name: event.data.name };
    case 'StationAssignedToFacility':
      return { ...details, facility: event.data.facility };
    case 'StationPositioned':
      return { ...details, position: event.data.position };
    case 'StationAssignedToProvince': {
      const { at: _, ...province } = event.data;
      return { ...details, provinces: placed(details.provinces, province) };
    }
  }
};

/** Throws the Fault of the first thing that cannot be. */
export const refuseDetails = ({ position, provinces }: StationDetails): void => {
  if (position) refusePosition(position);
  for (const province of provinces) refuseProvince(province);
};

const assignProvince = (
  { province, from }: ProvinceFrom,
  { provinces }: StationDetails,
  at: Instant,
): readonly DetailsEvent[] => {
  if (provinces.some((each) => each.from === from && each.province === province)) return [];
  refuseProvince({ province, from });
  return [{ type: 'StationAssignedToProvince', data: { province, from, at } }];
};

/** Codes were reused on 2025-07-01: without a day any code that ever was will do. */
const refuseProvince = ({ province, from }: ProvinceFrom): void => {
  const known =
    from === null
      ? [...currentProvinces, ...formerProvinces].some(({ code }) => code === province)
      : provinceByCode(province, from) !== undefined;
  if (!known)
    throw Fault.invalid(
      'ProvinceUnknown',
      `no province has the code ${province}${from === null ? '' : ` on ${from}`}: take the official code of that day`,
    );
};

const refusePosition = ({ latitude, longitude }: Position): void => {
  if (isWithin(latitude, '90') && isWithin(longitude, '180')) return;
  throw Fault.invalid('PositionImpossible', `${latitude}, ${longitude} lies nowhere: write latitude, then longitude`);
};

const isWithin = (degrees: string, most: string): boolean =>
  isDecimal(degrees) && compareDecimals(degrees, most) <= 0 && compareDecimals(degrees, `-${most}`) >= 0;
