import type { Figures, ServiceState, Status } from '../api/status.ts';
import { type Language, texts, words } from './texts.ts';

export interface Line {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'good' | 'bad';
}

export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Said where there is no line. */
  readonly note: string;
}

export interface View {
  readonly title: string;
  readonly asOf: string;
  readonly sections: readonly Section[];
}

/** What the page shows of a state, in a language. */
export function viewOf(status: Status, language: Language): View {
  const said = texts[language];
  const section = ([name, figures]: [string, Figures | null]): Section => ({
    title: worded(name, language),
    lines: Object.entries(figures ?? {}).map(([line, value]) => ({
      name: worded(line, language),
      value: typeof value === 'number' ? value.toLocaleString(said.locale) : worded(timed(value, language), language),
    })),
    note: figures ? said.none : said.down,
  });
  const services = status.services.map((service) => serviceLine(service, language));
  return {
    title: said.title[status.tier],
    asOf: `${status.node} · ${said.asOf} ${timed(status.at, language)}`,
    sections: [
      { title: said.services, lines: services, note: said.none },
      ...Object.entries(status.sections).map(section),
    ],
  };
}

function serviceLine({ service, up, groups }: ServiceState, language: Language): Line {
  const name = worded(service, language);
  if (!up) return { name, value: texts[language].down, tone: 'bad' };
  const failing = groups.find(({ lastError }) => lastError);
  if (failing) return { name, value: `${failing.group}: ${failing.lastError}`, tone: 'bad' };
  const contradicting = groups.find(({ contradicted }) => contradicted);
  if (contradicting) {
    const count = contradicting.contradicted?.toLocaleString(texts[language].locale);
    return { name, value: `${contradicting.group}: ${count} ${worded('faults', language)}`, tone: 'bad' };
  }
  if (groups.some(({ active }) => !active)) return { name, value: texts[language].waiting };
  return { name, value: texts[language].up, tone: 'good' };
}

const worded = (name: string, language: Language): string =>
  (Object.hasOwn(words, name) && words[name]?.[language === 'vi' ? 0 : 1]) || name;

/** Instants are told in Vietnamese time, wherever the browser is; other texts as they are. */
const timed = (text: string, language: Language): string =>
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)
    ? new Date(text).toLocaleString(texts[language].locale, { timeZone: 'Asia/Ho_Chi_Minh' })
    : text;
