export type {
  CommandOutput,
  Decision,
  DocumentOutput,
  Message,
  Output,
  OwnRow,
  OwnRows,
  Processor,
  RowOutput,
  Window,
} from './processor.ts';
