import { type HostOptions, hostedModule } from '@quantrac/service';
import type { IngestionSettings } from './config.ts';
import { ingestionService } from './ingestion.service.ts';

export const ingestionModule = (options: Omit<HostOptions<IngestionSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'ingestion', make: ingestionService, ...options });
