export { type AppendOptions, commandHandler, type EventStreams, type Handled } from './command-handler.ts';
export { type Decider, fold } from './decider.ts';
export { Fault, type FaultKind, isFault } from './fault.ts';
export { isNewer } from './newer.ts';
