import type { notification as notificationRow, notificationState } from '@quantrac/contracts/queries/alerting';
import type { DocumentStore } from '@quantrac/document-store';
import { fromInstant, toInstant } from '@quantrac/regulations';
import type { z } from 'zod';
import { deliveries, digests, type NotificationRequest, notificationRequests, standingOf } from './notifications.ts';

export interface NotificationsAsked {
  readonly state?: z.infer<typeof notificationState> | undefined;
  readonly from?: string | undefined;
  readonly limit: number;
}

type NotificationRow = z.infer<typeof notificationRow>;

const LOOKED_THROUGH = 10_000;

/** What was to be mailed and what became of it, the newest first. */
export async function notificationsAsked(
  documents: DocumentStore,
  { state, from, limit }: NotificationsAsked,
  now: number,
): Promise<NotificationRow[]> {
  const range = from === undefined ? {} : { from: fromInstant(from)! };
  const newest = { descending: true, limit: LOOKED_THROUGH, ...range };
  const found = await documents.find(notificationRequests, 'requestedAt', newest);
  const keys = found.map(({ key }) => key);
  const delivered = new Map((await documents.getMany(deliveries, keys)).map((one) => [one.key, one.document]));
  const named = [...delivered.values()].flatMap(({ digest }) => digest ?? []);
  const told = new Map((await documents.getMany(digests, [...new Set(named)])).map((one) => [one.key, one.document]));
  return found
    .map(({ key, document }): NotificationRow => {
      const delivery = delivered.get(key);
      const alone = delivery?.state === 'sent' ? delivery.at : undefined;
      const sentAt = delivery?.digest === undefined ? alone : told.get(delivery.digest)?.sentAt;
      return {
        ...requestOf(document),
        state: standingOf(document, delivery, now),
        sentAt: sentAt === undefined ? null : toInstant(sentAt),
        attempts: delivery?.attempts ?? 0,
        lastError: delivery?.lastError ?? null,
      };
    })
    .filter((one) => state === undefined || one.state === state)
    .slice(0, limit);
}

const requestOf = ({
  notification,
  incident,
  reason,
  station,
  rule,
  summary,
  openedAt,
  live,
  ...at
}: NotificationRequest) => ({
  notification,
  incident,
  reason,
  station,
  rule,
  summary,
  openedAt,
  live,
  requestedAt: toInstant(at.requestedAt),
  expiresAt: toInstant(at.expiresAt),
});
