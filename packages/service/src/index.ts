export type { Relay as RelayDefinition, RelayedCommit } from '@quantrac/stream-processing';
export {
  type CommandContext,
  type CommandHandler,
  command,
  type QueryHandler,
  query,
  type Running,
  type ServiceDefinition,
  type Stores,
} from './definition.ts';
