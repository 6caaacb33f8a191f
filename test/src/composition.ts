import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A container as docker-compose.yml describes it, its anchors resolved and its variables replaced. */
export interface Container {
  readonly image: string;
  readonly build?: { readonly args: { readonly SERVICE: string } };
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly scale?: number;
  readonly profiles?: readonly string[];
}

export interface Composition {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const VARIABLE = /\$\$|\$\{([A-Z_]+)(?::\?[^}]*)?\}/g;

/** The composition with these variables. Throws where one has no value. */
export function composition(variables: Readonly<Record<string, string>>): Composition {
  const replaced = (text: string) =>
    text.replaceAll(VARIABLE, (found, name: string) => {
      if (found === '$$') return '$';
      const value = variables[name];
      if (value === undefined) throw new Error(`${name} has no value`);
      return value;
    });
  const file = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const parsed = parse(file, { merge: true, maxAliasCount: -1 });
  return JSON.parse(JSON.stringify(parsed, (_, value) => (typeof value === 'string' ? replaced(value) : value)));
}

/** The variables of a file as compose reads it. */
export const variablesIn = (file: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
const listOf = (instruction: string): readonly string[] =>
  JSON.parse(new RegExp(`^ *${instruction} (\\[.*\\])$`, 'm').exec(final)![1]!);

/** What every image of ours says of itself in the Dockerfile. */
export const image = {
  command: listOf('CMD(?! \\["node", "-e")'),
  health: listOf('CMD(?= \\["node", "-e")'),
  user: /^USER (\S+)$/m.exec(final)![1]!,
  environment: Object.fromEntries(
    /^ENV (.*)$/m
      .exec(final)![1]!
      .split(' ')
      .map((pair) => pair.split('=') as [string, string]),
  ),
} as const;

export const ownServices = (all: Composition) =>
  Object.entries(all.services).filter(([, { build }]) => build !== undefined);

/** The services of this repository that run by themselves. */
export const serviceFolders: readonly string[] = readdirSync(join(root, 'services')).filter((name) =>
  existsSync(join(root, 'services', name, 'src', 'main.ts')),
);
