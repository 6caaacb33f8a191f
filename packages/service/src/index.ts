export {
  type CommandContext,
  type CommandHandler,
  command,
  type QueryHandler,
  query,
  type RelayDefinition,
  type RelayedCommit,
  type Running,
  type ServiceDefinition,
  type Stores,
} from './definition.ts';
