import type { StationRecorded } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { Instant } from './interval.ts';

/** The ministry's, with the directive that brought it. */
interface Answer {
  readonly reason: string;
  readonly directive: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type ApprovalEvent =
  | { readonly type: 'StationApprovalRequested'; readonly data: { readonly at: Instant } }
  | { readonly type: 'StationApproved' | 'StationRejected'; readonly data: Answer & { readonly at: Instant } };

export type ApprovalCommand =
  | { readonly type: 'RequestApproval' }
  | ({ readonly type: 'RecordApproval'; readonly state: 'approved' | 'rejected' } & Answer);

export type Approval = StationRecorded['approval'] & { readonly directive?: string };

/** The ministry may answer at any time, and change its answer; each comes by command and again in the topic, which outlasts a restore. */
export const decideApproval = (command: ApprovalCommand, approval: Approval, at: Instant): readonly ApprovalEvent[] => {
  if (command.type === 'RequestApproval') return request(approval, at);
  const { state, reason, directive } = command;
  if (approval.directive !== undefined && isTaken(directive, approval.directive)) return [];
  return [{ type: state === 'approved' ? 'StationApproved' : 'StationRejected', data: { reason, directive, at } }];
};

/** Directives are `<node>/<number>`; the ministry's numbers to a node only rise. */
const isTaken = (directive: string, last: string): boolean => {
  const [of, ofLast] = [partsOf(directive), partsOf(last)];
  return directive === last || (of.node === ofLast.node && of.number <= ofLast.number);
};

const partsOf = (directive: string) => {
  const slash = directive.lastIndexOf('/');
  return { node: directive.slice(0, slash), number: Number(directive.slice(slash + 1)) };
};

export const evolveApproval = (event: ApprovalEvent, { directive }: Approval): Approval => {
  switch (event.type) {
    case 'StationApprovalRequested':
      return { state: 'waiting', ...(directive !== undefined && { directive }) };
    case 'StationApproved':
      return { state: 'approved', ...answerOf(event.data) };
    case 'StationRejected':
      return { state: 'rejected', ...answerOf(event.data) };
  }
};

const request = ({ state }: Approval, at: Instant): readonly ApprovalEvent[] => {
  if (state === 'waiting') return [];
  if (state === 'approved') throw Fault.rejected('ApprovedAlready', 'the ministry has approved this station');
  return [{ type: 'StationApprovalRequested', data: { at } }];
};

const answerOf = ({ reason, directive }: Answer) => ({ ...(reason !== '' && { reason }), directive });
