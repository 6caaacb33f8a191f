import { z } from 'zod';
import { reviewRecorded } from '../observations.ts';
import { decimal, id, realInstant } from '../values.ts';

const { station, channels, decision, reason } = reviewRecorded.shape;
const number = decimal.max(30);

/** Commands of quality-control. Each answers `{ station, review }`. */
export const qualityControlCommands = {
  /**
   * Kiểm duyệt: accepts, rejects, corrects or withdraws the readings of some channels from `from` to `to`, both inclusive, as they were
   * known at `seenAt` (undefined: all that is shown now; never later). A revision that comes later waits for a judgement of its own.
   * Without `review` an id is made, the same one for the same command id.
   */
  ReviewReadings: z.object({
    review: id.optional(),
    station,
    channels: channels.max(200),
    from: realInstant,
    to: realInstant,
    decision,
    correction: z.object({ factor: number, offset: number }).optional(),
    reason,
    seenAt: realInstant.optional(),
  }),
  /** The readings count again as if nobody had judged them. */
  RevokeReview: z.object({ station, review: id, reason }),
};
