import { type HostOptions, hostedModule } from '@quantrac/service';
import { alertingService } from './alerting.service.ts';
import type { AlertingSettings } from './config.ts';

export const alertingModule = (options: Omit<HostOptions<AlertingSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'alerting', make: alertingService, ...options });
