import type { InjectedFault } from './faults.ts';
import type { FleetChannel, FleetStation } from './fleet.ts';
import { printed, signal, stepOf } from './signal.ts';
import type { FileReading } from './station-file.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const rampMs = hourMs;
const MISSING = '-999';

/**
 * All channels of a station at one stamp, with the faults of the instruments in them. `corrected`: as the logger sends
 * the file again once somebody has mended its value.
 */
export function readingsAt(
  station: FleetStation,
  faults: readonly InjectedFault[],
  time: number,
  corrected: boolean,
): readonly FileReading[] {
  return station.channels.map((channel) => {
    const { symbol, unit, model, seed } = channel;
    const value = signal(model, seed, time);
    let reading: FileReading = { symbol, value: printed(model, value), unit, time, status: '00' };
    for (const fault of faults)
      if (fault.channel === symbol) reading = { ...reading, ...altered(fault, channel, value, time, corrected) };
    return reading;
  });
}

function altered(
  fault: InjectedFault,
  { model, seed }: FleetChannel,
  value: number,
  time: number,
  corrected: boolean,
): Partial<FileReading> {
  if (fault.kind === 'exceedance' || fault.kind === 'exceeding-day')
    return { value: printed(model, value + exceeding(fault, model, value, time)) };
  if (time < fault.from || time >= fault.to) return {};
  const spanMs = fault.to - fault.from;
  switch (fault.kind) {
    case 'spike':
      return { value: printed(model, value + 15 * stepOf(model)) };
    case 'drift':
      return { value: printed(model, value + (6 * model.noise * (time - fault.from)) / spanMs) };
    case 'stuck-sensor':
      return { value: printed(model, signal(model, seed, fault.from)) };
    case 'calibration': {
      const span = time - fault.from < spanMs / 2;
      return { value: printed(model, span ? 2 * model.mean : model.range[0]), status: '01' };
    }
    case 'device-error':
      return { value: printed(model, 0), status: '02' };
    case 'missing-value':
      return { value: MISSING };
    case 'corrected-file':
      return { value: printed(model, corrected ? value : value + 2 * stepOf(model)) };
    case 'unknown-unit':
      return { unit: 'NTU' };
    case 'future-value':
      return { time: time + 30 * dayMs };
    default:
      return {};
  }
}

/**
 * Up within an hour to half above the limit, five hours there, down within an hour; a day's limit needs far more. It goes on wavering as
 * a sound instrument does: a value that stands still would be a broken sensor.
 */
function exceeding(
  { from, to }: InjectedFault,
  { limit, mean }: FleetChannel['model'],
  value: number,
  time: number,
): number {
  const max = limit?.max ?? value;
  const above = (limit?.basis === '1h' ? 1.5 : 4) * max - value + (value - mean) / 3;
  const before = Math.max(from - time, time - to, 0);
  return above * Math.max(1 - before / rampMs, 0);
}
