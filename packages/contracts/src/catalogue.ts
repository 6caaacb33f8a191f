import { publicRecords } from './asyncapi.ts';
import { eventHeaders } from './cloud-event.ts';
import { publicTopicDeclarations } from './published.ts';

const [BEGIN, END] = ['<!-- catalogue: generated, run npm run generate -->', '<!-- end of the catalogue -->'];

/** A page with the public topics and their records between its two marks, as they are declared now. */
export function withCatalogue(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} ... ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n${topicTable()}\n${recordTable()}\n${headerTable()}\n${page.slice(end)}`;
}

const table = (rows: readonly (readonly string[])[], heads: readonly string[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

const topicTable = (): string =>
  table(
    publicTopicDeclarations().map(({ name, key, records, description, retentionDays, compacted }) => [
      `\`${name}\``,
      key,
      Object.keys(records).join(', '),
      compacted ? 'the newest of each key, for ever' : `${retentionDays} days`,
      description,
    ]),
    ['topic', 'key', 'records', 'kept', 'what it tells'],
  );

const recordTable = (): string =>
  table(
    Object.entries(publicRecords()).map(([type, schema]) => [
      `[${type}](../published/schemas/${type}.json)`,
      schema.description ?? '',
    ]),
    ['record', 'what it means'],
  );

const headerTable = (): string =>
  table(
    Object.entries(eventHeaders.shape).map(([name, schema]) => [`\`${name}\``, schema.description ?? '']),
    ['header', 'what it means'],
  );
