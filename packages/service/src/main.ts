import 'reflect-metadata';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isFault } from '@quantrac/event-sourcing';
import type { z } from 'zod';
import { HostedService } from './hosted.module.ts';
import { loggerOf } from './logger.ts';
import { type CommonSettings, readSettings, STOP_WITHIN_MS } from './settings.ts';
import { cutAfter, toldToEnd } from './told-to-end.ts';

/** A service as its own process: settings from the environment, data folder also by `--data`; ends on SIGTERM and SIGINT, with 0 when nothing was cut. */
export async function main<Schema extends z.ZodObject>(
  schema: Schema,
  moduleOf: (settings: z.infer<Schema>) => DynamicModule,
): Promise<void> {
  let application: INestApplicationContext | undefined;
  const told = toldToEnd();
  // whoever has not begun has nothing to end
  void told.then(() => application ?? process.exit(0));
  try {
    const settings = readSettings(schema, withArguments(process.env, process.argv.slice(2)));
    application = await NestFactory.createApplicationContext(moduleOf(settings), {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    const { hosted } = application.get(HostedService, { strict: false });
    const common = settings as CommonSettings;
    const { stopWithinMs: withinMs = STOP_WITHIN_MS } = common;
    void cutAfter({ told, withinMs, left: () => hosted!.left(), log: loggerOf(common) });
    process.send?.('started');
    await told;
    await application.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${isFault(error) ? error.message : (error as Error).stack}\n`);
    process.exit(1);
  }
}

function withArguments(environment: NodeJS.ProcessEnv, given: readonly string[]): NodeJS.ProcessEnv {
  const at = given.indexOf('--data');
  const data = at >= 0 ? given[at + 1] : undefined;
  return data === undefined ? environment : { ...environment, QUANTRAC_DATA: data };
}
