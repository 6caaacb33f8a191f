import type { IncidentRecorded } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';

/** A mail that an incident asks for: made once, with the incident's record; only what it waits for changes. Instants in ms. */
export interface NotificationRequest extends Pick<IncidentRecorded, 'incident' | 'station' | 'rule' | 'openedAt'> {
  /** `<incident>-<reason>` */
  readonly notification: string;
  readonly reason: string;
  readonly summary: string;
  /** false: it is about what is long past, and waits for a digest. */
  readonly live: boolean;
  readonly requestedAt: number;
  /** As an alarm; later it waits for a digest. */
  readonly expiresAt: number;
  /** By it the mailer finds what is left to do, however much was done. */
  readonly waiting: 'alarm' | 'digest' | 'no';
}

export const notificationRequests: Collection<NotificationRequest> = {
  name: 'notification-requests',
  indexes: { requestedAt: ['requestedAt'], waiting: ['waiting', 'requestedAt'] },
};

/** What became of a request; kept apart from it, since the one is written by a processor and the other by the mailer. */
export interface Delivery {
  /** claimed: a mailer is at it, or was when it died; failed: no server took it yet. */
  readonly state: 'claimed' | 'failed' | 'sent' | 'digest';
  readonly at: number;
  readonly attempts: number;
  readonly lastError?: string;
  /** The server refused this very mail: it is not tried again before. */
  readonly retryAt?: number;
  /** The digest that tells of it. */
  readonly digest?: string;
}

export const deliveries: Collection<Delivery> = { name: 'notification-deliveries' };

/** One mail about many requests, put together before it is sent, so that a repetition says the same. */
export interface Digest {
  readonly digest: string;
  readonly requests: readonly string[];
  readonly state: 'composed' | 'sent';
  readonly composedAt: number;
  /** When a mailer took it up last; it may have died since. */
  readonly claimedAt?: number;
  readonly sentAt?: number;
}

export const digests: Collection<Digest> = {
  name: 'notification-digests',
  indexes: { state: ['state', 'composedAt'] },
};

/** Waiting, sent alone, told in a digest, or too old to be told as an alarm. */
export function standingOf(request: NotificationRequest, delivery: Delivery | undefined, now: number) {
  if (delivery?.state === 'sent' || delivery?.state === 'digest') return delivery.state;
  return request.live && now >= request.expiresAt ? 'expired' : 'requested';
}
