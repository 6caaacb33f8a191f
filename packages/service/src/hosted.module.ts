import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Hosted, type HostOptions, host, placeOf } from './host.ts';
import type { CommonSettings } from './settings.ts';
import { monitored } from './telemetry/monitor.ts';

const OPTIONS = Symbol('options of the hosted service');

/** Runs a service while its Nest application runs. */
@Injectable()
export class HostedService implements OnApplicationBootstrap, OnApplicationShutdown {
  hosted: Hosted | undefined;
  readonly #options: HostOptions<CommonSettings>;

  constructor(@Inject(OPTIONS) options: HostOptions<CommonSettings>) {
    this.#options = options;
    // before the first of several begins: nobody is ready while one of them waits for its turn
    monitored(options.settings, placeOf(options.name, options.settings.instance));
  }

  async onApplicationBootstrap(): Promise<void> {
    this.hosted = await host(this.#options);
    this.#options.onHosted?.(this.hosted);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.hosted?.stop();
  }
}

/** A service as a Nest module: what `main.ts` starts alone and `standalone` composes. */
@Module({})
class HostedModule {}

export const hostedModule = <Settings extends CommonSettings>(options: HostOptions<Settings>): DynamicModule => ({
  module: HostedModule,
  providers: [{ provide: OPTIONS, useValue: options }, HostedService],
  exports: [HostedService],
});
