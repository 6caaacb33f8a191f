import { isUtf8 } from 'node:buffer';
import type { Delivery } from './deliveries.ts';

export interface HttpTarget {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** The station key. */
  readonly keyOf: (stationCode: string) => string;
}

/** What the node says of one file. */
export interface FileAnswer {
  readonly path: string;
  readonly outcome: 'accepted' | 'repeat' | 'held' | 'refused';
  readonly receipt?: string;
  readonly reason?: string;
  readonly advice?: string;
}

type Upload = Pick<Delivery, 'stationCode' | 'path' | 'bytes'>;

/**
 * Posts what one key may send in one request, a file alone as its bytes; answers in the order of the deliveries.
 * An answer of 5xx or none at all throws: nothing may have been taken, send again.
 */
export async function sendOverHttp(target: HttpTarget, deliveries: readonly Upload[]): Promise<readonly FileAnswer[]> {
  const answers = new Map<Upload, FileAnswer>();
  for (const [key, uploads] of Map.groupBy(deliveries, ({ stationCode }) => target.keyOf(stationCode))) {
    const asText = uploads.filter(({ bytes }) => uploads.length > 1 && isUtf8(bytes));
    if (asText.length > 0) {
      const given = await postTogether(target.url, key, asText);
      for (const [index, upload] of asText.entries()) answers.set(upload, given[index]!);
    }
    for (const upload of uploads)
      if (!answers.has(upload)) answers.set(upload, await postAlone(target.url, key, upload));
  }
  return deliveries.map((delivery) => answers.get(delivery)!);
}

async function postAlone(url: string, key: string, upload: Upload): Promise<FileAnswer> {
  const query = new URLSearchParams({ path: upload.path });
  const [answer] = await post(`${url}/v1/files?${query}`, key, 'text/plain', new Uint8Array(upload.bytes), [upload]);
  return answer!;
}

function postTogether(url: string, key: string, uploads: readonly Upload[]): Promise<readonly FileAnswer[]> {
  const files = uploads.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('utf8') }));
  return post(`${url}/v1/files`, key, 'application/json', JSON.stringify({ files }), uploads);
}

async function post(
  url: string,
  key: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  uploads: readonly Upload[],
): Promise<readonly FileAnswer[]> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': type };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`the upload was answered ${response.status}: ${text.slice(0, 200)}`);
  const said = parsed(text);
  if (!response.ok) return uploads.map(({ path }) => ({ path, outcome: 'refused', ...refusal(response.status, said) }));
  const files = said.files ?? [said as unknown as FileAnswer];
  if (files.length !== uploads.length)
    throw new Error(
      `${uploads.length} files were sent and ${files.length} answered: the server does not keep the contract`,
    );
  return files;
}

interface Said {
  readonly files?: readonly FileAnswer[];
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

/** An error without a JSON body says no more than its status. */
function parsed(text: string): Said {
  try {
    return JSON.parse(text) as Said;
  } catch {
    return {};
  }
}

const refusal = (status: number, { code, title, detail }: Said): Pick<FileAnswer, 'reason' | 'advice'> => ({
  reason: code ?? title ?? String(status),
  ...(detail && { advice: detail }),
});
