import { type HostOptions, hostedModule } from '@quantrac/service';
import type { MinistrySyncSettings } from './config.ts';
import { ministrySyncService } from './ministry-sync.service.ts';

export const ministrySyncModule = (options: Omit<HostOptions<MinistrySyncSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'ministry-sync', make: ministrySyncService, ...options });
