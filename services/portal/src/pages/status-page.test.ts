import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Status } from '../api/status.ts';

/** As much of a browser's element as the page's script touches. */
class Element {
  className = '';
  textContent = '';
  placeholder = '';
  value = '';
  hidden = false;
  onclick = () => {};
  onsubmit = (_: { preventDefault(): void }) => {};
  inside: (Element | string)[] = [];
  append = (...more: (Element | string)[]) => void this.inside.push(...more);
  replaceChildren = (...all: (Element | string)[]) => {
    this.inside = all;
  };
  text = (): string =>
    this.textContent + this.inside.map((each) => (typeof each === 'string' ? each : each.text())).join(' ');
}

const storage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
};

const status: Status = {
  tier: 'province',
  node: 'n1',
  at: '2026-01-15T01:30:00.000Z',
  services: [{ service: 'ingestion', up: false, groups: [] }],
  sections: { held: { ChannelUnknown: 3 }, stations: null },
};

describe('the script of the status page', () => {
  const names = ['button', 'main', 'p', 'form', 'input', 'input + button'] as const;
  const page = Object.fromEntries(names.map((name) => [name, new Element()])) as Record<
    (typeof names)[number],
    Element
  >;
  const root = { lang: '' };
  let answer: (headers: Record<string, string>) => Promise<Response> = async () => Response.json(status);
  const browser = {
    document: {
      title: '',
      documentElement: root,
      querySelector: (name: keyof typeof page) => page[name],
      createElement: () => new Element(),
    },
    localStorage: storage(),
    sessionStorage: storage(),
    fetch: (_: string, { headers }: { headers: Record<string, string> }) => answer(headers),
  };
  for (const [name, value] of Object.entries(browser))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  mock.timers.enable({ apis: ['setTimeout'] });
  /** Lets the page ask until it shows all this; what it shows instead where it never does. */
  const shows = async (...patterns: RegExp[]) => {
    const shown = () => `${page.p.text()} ${page.main.text()}`;
    for (let turn = 0; turn < 100 && !patterns.every((pattern) => pattern.test(shown())); turn++) {
      mock.timers.tick(1000);
      await setImmediate();
    }
    for (const pattern of patterns) assert.match(shown(), pattern);
  };

  it('shows the state in Vietnamese, and in English at a click', async () => {
    await import('./status-page.ts');
    await shows(/trạng thái nút tỉnh/, /Tiếp nhận không trả lời/, /kênh chưa đăng ký 3/);
    assert.deepEqual([root.lang, page.button.text()], ['vi', 'English']);
    page.button.onclick();
    await shows(/state of the province node/, /Ingestion does not answer/, /channel unknown 3/);
    assert.deepEqual([root.lang, page.button.text()], ['en', 'Tiếng Việt']);
  });

  it('says when the node cannot be reached, and goes on once it can', async () => {
    answer = () => Promise.reject(new Error('no connection'));
    await shows(/cannot be reached/);
    answer = async () => Response.json(status);
    await shows(/^ .*province node/);
  });

  it('asks for a token where one is wanted', async () => {
    answer = async ({ authorization }) =>
      authorization === 'Bearer qt_right' ? Response.json(status) : new Response(null, { status: 401 });
    await shows(/wants a valid token/);
    assert.equal(page.form.hidden, false);
    page.input.value = ' qt_right ';
    page.form.onsubmit({ preventDefault: () => {} });
    await shows(/^ .*province node/);
    assert.deepEqual([page.form.hidden, page.input.value], [true, '']);
  });
});
