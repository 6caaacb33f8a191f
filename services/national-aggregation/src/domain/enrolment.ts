import type { Decider } from '@quantrac/event-sourcing';

/** Stored for ever: names and shapes are the storage format. */
export type EnrolmentEvent = { readonly type: 'NodeEnrolled'; readonly data: { readonly at: string } };

export type EnrolmentCommand = { readonly type: 'EnrollNode'; readonly at: string };

/** Whether a node may send its journal. */
export type Enrolment = { readonly enrolledAt: string | null };

const decide = ({ at }: EnrolmentCommand, { enrolledAt }: Enrolment): readonly EnrolmentEvent[] =>
  enrolledAt === null ? [{ type: 'NodeEnrolled', data: { at } }] : [];

const evolve = (_enrolment: Enrolment, { data }: EnrolmentEvent): Enrolment => ({ enrolledAt: data.at });

export const enrolment: Decider<Enrolment, EnrolmentCommand, EnrolmentEvent> = {
  initial: { enrolledAt: null },
  decide,
  evolve,
};

export const enrolmentStream = (node: string): string => `node-${node}`;
