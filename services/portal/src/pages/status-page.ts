const texts = {
  vi: {
    title: { province: 'Quantrac: trạng thái nút tỉnh', national: 'Quantrac: trạng thái cấp quốc gia' },
    language: 'English',
    services: 'Dịch vụ',
    up: 'hoạt động',
    down: 'không trả lời',
    at: 'Cập nhật lúc',
    token: 'Mã truy cập',
    stations: 'Trạm quan trắc',
    files: 'Tệp đã nhận',
    held: 'Đang giữ lại',
    episodes: 'Đợt đang diễn ra',
    incidents: 'Vụ việc',
    replication: 'Truyền về bộ',
    none: 'không có',
  },
  en: {
    title: { province: 'Quantrac: state of the province node', national: 'Quantrac: state of the national tier' },
    language: 'Tiếng Việt',
    services: 'Services',
    up: 'up',
    down: 'does not answer',
    at: 'As of',
    token: 'Token',
    stations: 'Stations',
    files: 'Files received',
    held: 'Held',
    episodes: 'Open episodes',
    incidents: 'Incidents',
    replication: 'To the ministry',
    none: 'none',
  },
};

const script = `
const texts = TEXTS, tier = TIER;
let language = localStorage.getItem('language') || 'vi';
const element = (name, text, cls) => { const made = document.createElement(name); if (text !== undefined) made.textContent = text; if (cls) made.className = cls; return made; };
function table(rows) { const made = element('table'); for (const [name, value, cls] of rows) { const row = element('tr'); row.append(element('th', name), element('td', String(value), cls)); made.append(row); } return made; }
function show(status) {
  const t = texts[language]; document.documentElement.lang = language; document.title = t.title[tier];
  const main = document.querySelector('main'); main.replaceChildren(element('h1', t.title[tier]));
  main.append(element('p', status.node + ' · ' + t.at + ' ' + new Date(status.at).toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB')));
  const services = element('section'); services.append(element('h2', t.services));
  services.append(table(status.services.map(({ service, up, groups }) => { const error = groups.map((group) => group.lastError).filter(Boolean)[0]; return [service, up ? (error || t.up) : t.down, up && !error ? 'good' : 'bad']; }))); main.append(services);
  for (const [name, figures] of Object.entries(status.sections)) { const section = element('section'); section.append(element('h2', t[name] || name)); const rows = Object.entries(figures); section.append(rows.length ? table(rows) : element('p', t.none)); main.append(section); }
  document.querySelector('button').textContent = t.language;
}
let last;
async function look() {
  const token = localStorage.getItem('token');
  const answer = await fetch('/api/v1/status', token ? { headers: { authorization: 'Bearer ' + token } } : {}).catch(() => undefined);
  if (answer && answer.status === 401) { const given = prompt(texts[language].token); if (given) localStorage.setItem('token', given); }
  if (answer && answer.ok) { last = await answer.json(); show(last); }
  setTimeout(look, 1000);
}
document.querySelector('button').onclick = () => { language = language === 'vi' ? 'en' : 'vi'; localStorage.setItem('language', language); if (last) show(last); };
look();
`;

const style = `
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
h1, main > p { grid-column: 1 / -1; margin: 0; } h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 0 0 .4rem; }
section { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; padding: .8rem; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 400; } td { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.good { color: #0a7d32; } .bad { color: #c0262d; } button { float: right; }
`;

/** One plain page that shows the state live, Vietnamese and English. */
export const statusPage = (tier: 'province' | 'national'): string => `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${texts.vi.title[tier]}</title><style>${style}</style></head>
<body><button type="button"></button><main></main><script>${script.replace('TEXTS', () => JSON.stringify(texts)).replace('TIER', () => JSON.stringify(tier))}</script></body></html>
`;
