import { type Decider, Fault } from '@quantrac/event-sourcing';

/** Stored for ever: names and shapes are the storage format. */
export type EnterpriseEvent = {
  readonly type: 'EnterpriseRegistered';
  readonly data: { readonly enterprise: string; readonly name: string; readonly at: string };
};

export type EnterpriseCommand = {
  readonly type: 'RegisterEnterprise';
  /** Its tax code. */
  readonly enterprise: string;
  readonly name: string;
  readonly at: string;
};

export interface RegisteredEnterprise {
  readonly status: 'registered';
  readonly enterprise: string;
  readonly name: string;
  readonly at: string;
}

export type Enterprise = { readonly status: 'unknown' } | RegisteredEnterprise;

const decide = ({ enterprise, name, at }: EnterpriseCommand, state: Enterprise): readonly EnterpriseEvent[] => {
  if (state.status === 'unknown') return [{ type: 'EnterpriseRegistered', data: { enterprise, name, at } }];
  if (state.name === name) return [];
  throw Fault.rejected(
    'EnterpriseKnown',
    `tax code ${enterprise} is registered as "${state.name}": use that entry or check the tax code`,
  );
};

const evolve = (_: Enterprise, { data }: EnterpriseEvent): Enterprise => ({ status: 'registered', ...data });

export const enterprise: Decider<Enterprise, EnterpriseCommand, EnterpriseEvent> = {
  initial: { status: 'unknown' },
  decide,
  evolve,
};
