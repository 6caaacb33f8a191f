import type { CheckedReading } from '@quantrac/contracts';
import { type Flag, flags } from '@quantrac/regulations';

/** What the device says of itself (Phụ lục 15 TT 10/2021): 00 measuring, 01 calibration, 02 device error. */
export const deviceStatus = (status: CheckedReading['status']): Flag =>
  status === '00' ? flags.pass : status === '01' ? flags.suspect : flags.fail;
