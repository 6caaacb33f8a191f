import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const html = `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Quantrac</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/style.css">
<script type="module" src="/page/status-page.js"></script>
</head>
<body>
<button type="button"></button>
<p class="bad" role="status"></p>
<form hidden><input type="password" autocomplete="off" required><button></button></form>
<main></main>
</body>
</html>
`;

const style = `
:root { color-scheme: light dark; --good: light-dark(#0a7d32, #4cc777); --bad: light-dark(#c0262d, #ff7b80); font: 15px/1.4 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; position: relative; }
body > button { position: absolute; right: 1rem; }
body > p:empty { display: none; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
h1, main > p { grid-column: 1 / -1; margin: 0; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1rem; margin: 0 0 .4rem; }
section { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; padding: .8rem; }
section p { margin: 0; opacity: .7; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 400; padding: 0 1rem 0 0; vertical-align: top; }
td { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.good { color: var(--good); }
.bad { color: var(--bad); }
`;

/** Nothing from elsewhere is loaded or run, and nobody frames it. */
const policy = "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const scripts = ['status-page.js', 'view.js', 'texts.js'];

/** One plain page that shows the state live, Vietnamese and English; its scripts are modules of this folder. */
export function addPage(server: FastifyInstance): void {
  server.get('/', async (_, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(html),
  );
  server.get('/page/style.css', async (_, reply) => reply.type('text/css; charset=utf-8').send(style));
  for (const name of scripts) {
    const script = readFileSync(new URL(name, import.meta.url), 'utf8');
    server.get(`/page/${name}`, async (_, reply) => reply.type('text/javascript; charset=utf-8').send(script));
  }
}
