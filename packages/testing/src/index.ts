export { freePort } from '@quantrac/conformance/servers/free-port';
export { type SeenSpan, startTraceCollector, type TraceCollector } from '@quantrac/conformance/trace-collector';
export { withOwn } from '@quantrac/conformance/with-own';
export {
  differencesBetween,
  type EqualOptions,
  type FieldDifference,
  type ResultDifference,
  type Results,
  resultsOf,
} from './equal.ts';
export { eventually } from './eventually.ts';
export { onServers } from './on-servers.ts';
export {
  byTester,
  channelSettings,
  MINUTE_MS,
  registerStation,
  type StationToRegister,
  tester,
} from './registering.ts';
export { isJoined } from './result-content.ts';
export {
  environmentOf,
  provinceServices,
  type ServiceProcess,
  startProcess,
  startService,
} from './service-process.ts';
export { type FileLine, stationFile, stationFileName } from './station-files.ts';
export { temporaryFolder } from './temporary-folder.ts';
