export { type ConsumeOptions, consume, messageOf, type ReadHistory } from './consume.ts';
export type { OnContradicted } from './contradictions.ts';
export type { Taken } from './decide-messages.ts';
export { portsStepStore } from './ports-step-store.ts';
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
export { entryOf, epochsOfRelay, type Relay, type RelayedCommit, type RelayOptions, relayOnce } from './relay.ts';
export { cellOf, withCommandsAgain } from './replay.ts';
export { sqliteStepStore } from './sqlite-step-store.ts';
export { Step, type StepOptions } from './step.ts';
export {
  type AtFaultPoint,
  type FaultPoint,
  positionsCollection,
  type StepStore,
  type StepStores,
} from './step-store.ts';
export { type BatchOutcome, type WatchBatch, type WatchedBatch, watched, watchNothing } from './watched.ts';
