import { type HostOptions, hostedModule } from '@quantrac/service';
import type { StationRegistrySettings } from './config.ts';
import { stationRegistryService } from './station-registry.service.ts';

export const stationRegistryModule = (options: Omit<HostOptions<StationRegistrySettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'station-registry', make: stationRegistryService, ...options });
