import { commonSettings } from '@quantrac/service';
import type { z } from 'zod';

/** The registry has no settings of its own: what differs between stations and accounts is registered. */
export const stationRegistrySettings = commonSettings;
export type StationRegistrySettings = z.infer<typeof stationRegistrySettings>;
