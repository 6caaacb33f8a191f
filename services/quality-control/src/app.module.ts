import { type HostOptions, hostedModule } from '@quantrac/service';
import type { QualityControlSettings } from './config.ts';
import { qualityControlService } from './quality-control.service.ts';

export const qualityControlModule = (options: Omit<HostOptions<QualityControlSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'quality-control', make: qualityControlService, ...options });
