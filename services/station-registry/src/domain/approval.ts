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

/** The ministry may answer at any time, and change its answer. */
export const decideApproval = (command: ApprovalCommand, approval: Approval, at: Instant): readonly ApprovalEvent[] => {
  if (command.type === 'RequestApproval') return request(approval, at);
  const { state, reason, directive } = command;
  if (approval.directive === directive) return [];
  return [{ type: state === 'approved' ? 'StationApproved' : 'StationRejected', data: { reason, directive, at } }];
};

export const evolveApproval = (event: ApprovalEvent): Approval => {
  switch (event.type) {
    case 'StationApprovalRequested':
      return { state: 'waiting' };
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
