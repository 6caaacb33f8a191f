import {
  type IntakeAdvanced,
  type ObservationSetReceived,
  type ReviewRecorded,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import type { HoursAsked, RecheckAsked } from '@quantrac/contracts/observations';
import type { Decision, Message, OwnRows, Processor } from '@quantrac/stream-processing';
import type { QualityControlSettings } from '../config.ts';
import { type Cell, emptyCell } from './cell.ts';
import { lookback } from './sight.ts';
import { takeAdvance } from './take-advance.ts';
import { takeHours } from './take-hours.ts';
import { takeRecheck } from './take-recheck.ts';
import { takeReview } from './take-review.ts';
import { takeSet } from './take-set.ts';
import { takeStation } from './take-station.ts';

/**
 * Flags readings, decides what counts and derives means, station by station. What it puts out is a function of what is known: late,
 * corrected and out-of-order sets, reviews and dated rules amend what they touch.
 */
export const qualityControl = ({
  dataCapturePercent,
}: Pick<QualityControlSettings, 'dataCapturePercent'>): Processor<Cell> => ({
  name: 'quality-control',
  inputs: [topics.stations, topics.observationsReceived, topics.reviews, topics.rechecks],
  initial: emptyCell,
  lookback,
  ready: isReady,
  decide: (cell, message, rows) => decide(cell, message, rows, dataCapturePercent),
});

/** Sets and advances wait for the record by which their lines were placed, and for hours that are being told. */
function isReady(cell: Cell, { type, data }: Message): boolean {
  if (type !== 'ObservationSetReceived' && type !== 'IntakeAdvanced') return true;
  return !cell.telling && cell.stationVersion >= (data as ObservationSetReceived | IntakeAdvanced).stationVersion;
}

function decide(cell: Cell, message: Message, rows: OwnRows, percent: number): Decision<Cell> {
  switch (message.type) {
    case 'ObservationSetReceived':
      return takeSet(cell, message as Message<ObservationSetReceived>, rows, percent);
    case 'IntakeAdvanced':
      return takeAdvance(cell, message as Message<IntakeAdvanced>, rows, percent);
    case 'RecheckAsked':
      return takeRecheck(cell, message as Message<RecheckAsked>, rows, percent);
    case 'HoursAsked':
      return takeHours(cell, message as Message<HoursAsked>, rows, percent);
    case 'StationRecorded':
      return takeStation(cell, message as Message<StationRecorded>, rows);
    case 'ReviewRecorded':
      return takeReview(cell, message as Message<ReviewRecorded>, rows);
    default:
      throw new Error(`quality-control knows no ${message.type}`);
  }
}
