import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isFault } from '@quantrac/event-sourcing';
import type { z } from 'zod';
import { readSettings } from './settings.ts';

/** A service as its own process: settings from the environment, data folder also by `--data`; ends on SIGTERM and SIGINT. */
export async function main<Schema extends z.ZodObject>(
  schema: Schema,
  moduleOf: (settings: z.infer<Schema>) => DynamicModule,
): Promise<void> {
  try {
    const settings = readSettings(schema, withArguments(process.env, process.argv.slice(2)));
    const application = await NestFactory.createApplicationContext(moduleOf(settings), {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    application.enableShutdownHooks();
    process.send?.('started');
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
