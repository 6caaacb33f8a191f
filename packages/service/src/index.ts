export {
  type CommandContext,
  type CommandHandler,
  command,
  type GrpcService,
  type QueryHandler,
  query,
  type Running,
  type ServiceDefinition,
  type Stores,
  type Surroundings,
} from './definition.ts';
export { openEmbeddedStores } from './embedded-stores.ts';
export { connectPeer, type Peer } from './grpc-client.ts';
export { type Hosted, type HostOptions, host, type MakeService } from './host.ts';
export { HostedService, hostedModule } from './hosted.module.ts';
export { loggerOf } from './logger.ts';
export { main } from './main.ts';
export { lockFolder, nodeIdentity, socketPath, storeFile } from './node-folder.ts';
export type { PeerSettings } from './peer-settings.ts';
export { type Peers, peersOf } from './peers.ts';
export { runRounds } from './run-rounds.ts';
export { ownNames, serversOf } from './server-settings.ts';
export { type CommonSettings, commonSettings, readSettings, STOP_WITHIN_MS, variableOf } from './settings.ts';
export { fromStatus, httpStatusOf, problemOf, toStatus } from './status.ts';
export { type HostedStores, nodeOf, openStores } from './stores.ts';
export type { Measure } from './telemetry/metrics.ts';
export { beginsNothing, spans, type Tracing } from './telemetry/tracing.ts';
export { cutAfter, letGo, toldToEnd } from './told-to-end.ts';
