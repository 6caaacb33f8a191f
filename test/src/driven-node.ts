import { startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { drivenSettings, type Province } from './loggers.ts';
import type { Ending } from './provinces.ts';

export interface DrivenNode {
  readonly province: Province;
  stop(): Promise<void>;
}

/** A province in one process on the embedded default, which lives by the clock that a test drives; it forwards nothing. */
export async function startDrivenNode(t: Ending, data: string): Promise<DrivenNode> {
  const settings = await drivenSettings();
  const node = await startNodeProcess({ node: 'hcm', data, settings: { ...settings, portalPort: 0 } });
  t.after(() => node.stop());
  return { province: { node: 'hcm', data, peer: node.peer, ...settings }, stop: node.stop };
}
