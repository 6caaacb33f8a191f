import { createTransport } from 'nodemailer';
import type { AlertingSettings } from '../config.ts';
import type { Mail } from './mail-text.ts';

const TIMEOUT_MS = 20_000;

/** Sends over SMTP, a connection a mail: alarms are rare, and servers close idle ones. */
export function smtpSender(settings: AlertingSettings): (mail: Mail) => Promise<void> {
  const { smtpHost, smtpPort, smtpSecure, smtpUser, smtpPassword, mailFrom, mailTo } = settings;
  const transport = createTransport({
    host: smtpHost,
    port: smtpPort,
    secure: smtpSecure,
    ...(smtpUser !== undefined && { auth: { user: smtpUser, pass: smtpPassword ?? '' } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ messageId, subject, text }) => {
    await transport.sendMail({ from: mailFrom, to: [...mailTo], messageId, subject, text });
  };
}
