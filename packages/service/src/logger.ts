import { type Logger, pino } from 'pino';
import type { CommonSettings } from './settings.ts';

export const loggerOf = ({ logLevel }: Pick<CommonSettings, 'logLevel'>): Logger =>
  pino({ level: logLevel, serializers: { error: pino.stdSerializers.err } });
