/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Runs in the browser: asks for the state, shows it, asks again.
import type { Status } from '../api/status.ts';
import { type Language, texts } from './texts.ts';
import { type Section, type View, viewOf } from './view.ts';

const ASK_EVERY_MS = 1000;

const languageButton = document.querySelector('button')!;
const main = document.querySelector('main')!;
const notice = document.querySelector('p')!;
const form = document.querySelector('form')!;
const tokenField = document.querySelector('input')!;
const enter = document.querySelector('input + button')!;

let language: Language = localStorage.getItem('language') === 'en' ? 'en' : 'vi';
let state: 'shown' | 'lost' | 'refused' = 'shown';
let status: Status | undefined;

const element = (name: string, text: string, ...inside: Node[]): HTMLElement => {
  const made = document.createElement(name);
  made.append(text, ...inside);
  return made;
};

const sectionElement = ({ title, lines, note }: Section): HTMLElement => {
  const rows = lines.map(({ name, value, tone }) => {
    const cell = element('td', value);
    if (tone) cell.className = tone;
    return element('tr', '', element('th', name), cell);
  });
  return element(
    'section',
    '',
    element('h2', title),
    rows.length > 0 ? element('table', '', ...rows) : element('p', note),
  );
};

const showView = ({ title, asOf, sections }: View): void => {
  document.title = title;
  main.replaceChildren(element('h1', title), element('p', asOf), ...sections.map(sectionElement));
};

function show(): void {
  const said = texts[language];
  document.documentElement.lang = language;
  languageButton.textContent = said.otherLanguage;
  enter.textContent = said.enter;
  tokenField.placeholder = said.token;
  form.hidden = state !== 'refused';
  notice.textContent = state === 'shown' ? '' : said[state];
  if (status && state !== 'refused') showView(viewOf(status, language));
}

async function ask(): Promise<void> {
  const token = sessionStorage.getItem('token');
  const headers: HeadersInit = token ? { authorization: `Bearer ${token}` } : {};
  const answer = await fetch('/api/v1/status', { headers }).catch(() => undefined);
  state = answer?.ok ? 'shown' : answer?.status === 401 ? 'refused' : 'lost';
  if (answer?.ok) status = (await answer.json()) as Status;
}

/** While a token is wanted, nothing is asked until somebody gives one. */
async function follow(): Promise<void> {
  await ask().catch(() => {
    state = 'lost';
  });
  show();
  if (state !== 'refused') setTimeout(follow, ASK_EVERY_MS);
}

languageButton.onclick = () => {
  language = language === 'vi' ? 'en' : 'vi';
  localStorage.setItem('language', language);
  show();
};
form.onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', tokenField.value.trim());
  tokenField.value = '';
  void follow();
};
void follow();
