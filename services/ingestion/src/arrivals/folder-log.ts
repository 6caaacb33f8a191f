import type { Logger } from 'pino';

const levels = ['debug', 'warn', 'error'] as const;

/** A line for the log on its way from the folder's thread. */
export interface FolderLine {
  readonly level: (typeof levels)[number];
  readonly fields: object;
  readonly message: string;
}

export type FolderLog = Readonly<Record<FolderLine['level'], (fields: object, message: string) => void>>;

export const folderLog = (tell: (line: FolderLine) => void): FolderLog => {
  const at = (level: FolderLine['level']) => (fields: object, message: string) => tell({ level, fields, message });
  return { debug: at('debug'), warn: at('warn'), error: at('error') };
};

export const writeLine = (log: Logger, { level, fields, message }: FolderLine): void => log[level](fields, message);
