import { type HostOptions, hostedModule } from '@quantrac/service';
import type { PortalSettings } from './config.ts';
import { portalService } from './portal.service.ts';

export const portalModule = (options: Omit<HostOptions<PortalSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'portal', make: portalService, ...options });
