import type { ChannelModel, LimitHint, StationKind } from './channel-models.ts';
import type { FleetChannel, FleetStation, Way } from './fleet.ts';
import type { FolderLayout } from './folder-layout.ts';
import { stepOf } from './signal.ts';

/** A station as it should be registered. */
export interface StationDescription {
  readonly code: string;
  readonly name: string;
  readonly kind: StationKind;
  /** The first part of its prefix. */
  readonly province: string;
  readonly prefix: string;
  /** Its folder is its code. */
  readonly layout: FolderLayout;
  readonly way: Way;
  readonly intervalMs: number;
  readonly deliveryMs: number;
  readonly channels: readonly ChannelDescription[];
}

/** A channel as it should be registered; numbers are decimals in `unit`. */
export interface ChannelDescription {
  /** Unique in the station. */
  readonly code: string;
  /** As files name it. */
  readonly symbol: string;
  readonly parameter: string;
  /** As the regulation writes it. */
  readonly unit: string;
  /** As this logger writes it. */
  readonly unitSent: string;
  readonly point: ChannelModel['point'];
  /** As what the value is expressed: `N`. */
  readonly basis?: string;
  readonly analyserCycleMs?: number;
  readonly quality: QualityHint;
  readonly limit?: Omit<LimitHint, 'min' | 'max'> & { readonly min?: string; readonly max?: string };
}

/** Thresholds under which the simulated sound values pass and the injected faults do not. */
export interface QualityHint {
  readonly grossRange: {
    readonly fail: { readonly min: string; readonly max: string };
  };
  readonly spike: { readonly suspect: string; readonly fail: string };
  /** Per minute. */
  readonly rateOfChange: { readonly suspect: string; readonly fail: string };
  /** None where the analyser's cycle is longer than the interval. */
  readonly flatLine?: { readonly tolerance: string; readonly suspectAfter: number; readonly failAfter: number };
}

export const describeStation = (station: FleetStation): StationDescription => ({
  code: station.code,
  name: station.name,
  kind: station.kind,
  province: station.province,
  prefix: station.prefix,
  layout: station.layout,
  way: station.way,
  intervalMs: station.intervalMs,
  deliveryMs: station.deliveryMs,
  channels: station.channels.map((channel) => describeChannel(channel, station.intervalMs)),
});

function describeChannel({ model, symbol, unit }: FleetChannel, intervalMs: number): ChannelDescription {
  const { limit } = model;
  return {
    code: `${model.symbol.replace(',', '.')}-${model.point}`,
    symbol,
    parameter: model.parameter,
    unit: model.unit,
    unitSent: unit,
    point: model.point,
    ...(model.basis && { basis: model.basis }),
    ...(model.cycleMinutes && { analyserCycleMs: model.cycleMinutes * 60_000 }),
    quality: qualityOf(model, intervalMs / 60_000),
    ...(limit && { limit: asText(limit) }),
  };
}

function qualityOf(model: ChannelModel, intervalMinutes: number): QualityHint {
  const step = stepOf(model);
  const decimal = (value: number): string => value.toFixed(model.decimals + 2);
  return {
    grossRange: { fail: { min: String(model.range[0]), max: String(model.range[1]) } },
    spike: { suspect: decimal(4 * step), fail: decimal(7 * step) },
    rateOfChange: { suspect: decimal((4 * step) / intervalMinutes), fail: decimal((7 * step) / intervalMinutes) },
    ...(model.cycleMinutes === undefined && {
      flatLine: {
        tolerance: '0',
        suspectAfter: Math.ceil(45 / intervalMinutes),
        failAfter: Math.ceil(90 / intervalMinutes),
      },
    }),
  };
}

const asText = ({ min, max, ...rest }: LimitHint): NonNullable<ChannelDescription['limit']> => ({
  ...rest,
  ...(min !== undefined && { min: String(min) }),
  ...(max !== undefined && { max: String(max) }),
});
