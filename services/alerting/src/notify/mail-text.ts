import { hash } from 'node:crypto';
import { fromInstant } from '@quantrac/regulations';
import type { NotificationRequest } from '../read-models/notifications.ts';

/** One mail, ready to be sent. */
export interface Mail {
  /** The same for the same request or digest, whoever sends it and how often. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

const rules: Readonly<Record<NotificationRequest['rule'], readonly [vietnamese: string, english: string]>> = {
  exceedance: ['Vượt ngưỡng', 'Exceedance'],
  'early-warning': ['Cảnh báo sớm', 'Early warning'],
  outage: ['Gián đoạn truyền số liệu', 'Outage'],
  'technical-fault': ['Sự cố thiết bị', 'Technical fault'],
  'status-share': ['Tỷ lệ hiệu chuẩn, báo lỗi cao', 'High share of calibration and errors'],
  'silent-node': ['Nút không liên lạc', 'Silent node'],
};

export const messageIdOf = (id: string, node: string): string => `<${id}@${node.replaceAll(/[^\w.-]/g, '-')}.quantrac>`;

/** The requests that it tells of give a digest its name. */
export const digestIdOf = (requests: readonly string[]): string =>
  `digest-${hash('sha256', [...requests].sort().join('\n')).slice(0, 20)}`;

export function alarmMail(request: NotificationRequest, node: string): Mail {
  const [vietnamese, english] = rules[request.rule];
  return {
    messageId: messageIdOf(request.notification, node),
    subject: `[Quantrac] ${vietnamese} / ${english}: ${stationOf(request)}`,
    text: [
      `${vietnamese} / ${english}`,
      `Trạm / Station: ${stationOf(request)}`,
      `Mở lúc / Opened: ${localTime(request.openedAt)}`,
      `Vụ việc / Incident: ${request.incident}`,
      '',
      request.summary,
      '',
    ].join('\n'),
  };
}

/** What is long past, in one mail, the oldest first. */
export function digestMail(digest: string, requests: readonly NotificationRequest[], node: string): Mail {
  const lines = requests.map((request) => {
    const [vietnamese, english] = rules[request.rule];
    const heading = `${localTime(request.openedAt)}  ${stationOf(request)}  ${vietnamese} / ${english}  ${request.incident}`;
    return `${heading}\n    ${request.summary}`;
  });
  return {
    messageId: messageIdOf(digest, node),
    subject: `[Quantrac] Tổng hợp / Digest: ${requests.length}`,
    text: [
      'Các vụ việc được biết muộn, không còn là cảnh báo tức thời.',
      'Incidents that became known late; these are no live alarms.',
      '',
      ...lines,
      '',
    ].join('\n'),
  };
}

const stationOf = ({ station }: NotificationRequest): string => station ?? 'nhiều trạm / several stations';

/** `dd/MM/yyyy HH:mm`, Vietnamese time. */
function localTime(instant: string): string {
  const local = new Date(fromInstant(instant)! + 7 * 3_600_000).toISOString();
  return `${local.slice(8, 10)}/${local.slice(5, 7)}/${local.slice(0, 4)} ${local.slice(11, 16)}`;
}
