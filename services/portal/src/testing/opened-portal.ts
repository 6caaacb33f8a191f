import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hosted, host } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { pino } from 'pino';
import { type PortalSettings, portalSettings } from '../config.ts';
import { portalService } from '../portal.service.ts';

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface Asking {
  /** `null`: nobody says who asks. */
  readonly secret?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OpenedPortal {
  readonly data: string;
  readonly address: string;
  /** The secret of the first administrator. */
  readonly administrator: string;
  /** All that was logged, as text. */
  readonly logged: () => string;
  get<Body>(path: string, asking?: Asking): Promise<Answer<Body>>;
  post<Body>(path: string, body: unknown, asking?: Asking): Promise<Answer<Body>>;
  /** A command by name, as whoever holds the secret. */
  command<Body>(service: string, name: string, data: object, asking?: Asking): Promise<Answer<Body>>;
  stop(): Promise<void>;
}

/** The portal, hosted for real on a folder of its own, asked over HTTP. */
export async function openPortal(settings: Partial<PortalSettings> = {}): Promise<OpenedPortal> {
  const data = settings.data ?? temporaryFolder();
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const parsed = portalSettings.parse({ portalPort: 0, ...settings, data });
  const hosted: Hosted = await host({ name: 'portal', make: portalService, settings: parsed, logger });
  const [{ address }] = (await hosted.definition.queries.addresses!.answer({})) as [{ address: string }];
  const administrator = readFileSync(join(data, 'portal.token'), 'utf8').trim();
  const asked = async <Body>(path: string, init: RequestInit, { secret, headers }: Asking): Promise<Answer<Body>> => {
    const who: Record<string, string> = secret === null ? {} : { authorization: `Bearer ${secret ?? administrator}` };
    const answer = await fetch(`${address}${path}`, { ...init, headers: { ...who, ...headers } });
    const text = await answer.text();
    const isJson = /^application\/(problem\+)?json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, text, body: (isJson ? JSON.parse(text) : {}) as Body };
  };
  const portal: OpenedPortal = {
    data,
    address,
    administrator,
    logged: () => lines.join(''),
    get: (path, asking = {}) => asked(path, {}, asking),
    post: (path, body, { headers, ...asking } = {}) =>
      asked(
        path,
        { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
        { ...asking, headers: { 'content-type': 'application/json', ...headers } },
      ),
    command: (service, name, data, asking) => portal.post(`/api/v1/${service}/commands/${name}`, data, asking),
    stop: () => hosted.stop(),
  };
  return portal;
}

/** A token made over HTTP; its secret. */
export async function tokenFor(
  portal: OpenedPortal,
  wanted: { role: string; scope?: readonly string[] },
): Promise<{ token: string; secret: string }> {
  const made = await portal.command<{ token: string; secret: string }>('portal', 'CreateToken', {
    name: `token ${randomUUID()}`,
    ...wanted,
  });
  if (made.status !== 200) throw new Error(made.text);
  return made.body;
}
