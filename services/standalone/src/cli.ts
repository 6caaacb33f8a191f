#!/usr/bin/env node
import { isFault } from '@quantrac/event-sourcing';
import { Command, InvalidArgumentError, Option } from 'commander';
import { assignHeld, listHeld, reprocessHeld } from './commands/intake.ts';
import { listRejected, replayRejected } from './commands/rejected.ts';
import { simulateInto } from './commands/simulate.ts';
import { correctClock, exportStations, importStations } from './commands/stations.ts';
import { listTopics, makeTopicsOf } from './commands/topics.ts';
import { up } from './commands/up.ts';
import { verify } from './commands/verify.ts';
import { demo } from './demo/demo.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('give a number above 0');
  return value;
};
const instant = (text: string): string => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('give a date and time with its zone: 2026-01-15T00:00+07:00');
  return new Date(ms).toISOString();
};
const always = 'always';
const instantOrAlways = (text: string): string => (text === always ? text : instant(text));
const unitMs = { s: 1000, m: 60_000, h: 3_600_000 };
const duration = (text: string): number => {
  const [, count, unit] = /^([+-]?\d+)([smh])$/.exec(text) ?? [];
  if (unit) return Number(count) * unitMs[unit as keyof typeof unitMs];
  if (text === '0') return 0;
  throw new InvalidArgumentError('give seconds, minutes or hours: 7h, -15m, 90s; or 0');
};
const data = () => new Option('--data <folder>', 'folder that holds all state of the node').default('data');
const endsWith = (good: boolean): void => {
  process.exitCode = good ? 0 : 1;
};

type SaidOfClock = { data: string; add: number; from: string; reason: string };
const clockHelp = `
A logger that writes UTC lies 7 hours behind; once someone has set it right, files count as they are:
  quantrac stations correct-clock s1 --add 7h --from always --reason "it writes UTC"
  quantrac stations correct-clock s1 --add 0 --from 2026-02-01T09:00+07:00 --reason "set right on site"
Files that were held for their time are read again by themselves; what was accepted before stays as it is.
The ids of stations are the first column of \`quantrac stations export\`.`;

const program = new Command('quantrac').description(
  'Receives, checks and forwards environmental monitoring data.\nBegin with `quantrac demo`; run a node with `quantrac up --data <folder>`.',
);

program
  .command('up')
  .description('run a province node, or the national tier, until Ctrl-C; settings are QUANTRAC_... variables')
  .addOption(data())
  .option('--national', 'the national tier instead of a province node')
  .option('--node <id>', 'the permanent id of a new node; made if not given')
  .option('--ministry <address>', 'where the national tier listens: host:port')
  .action(async (options: { data: string; national?: boolean; node?: string; ministry?: string }) => up(options));

program
  .command('demo')
  .description('a national tier and two provinces live through a simulated day, and everything is compared')
  .option('--once', 'end when the day is done; exit code 1 if anything differs')
  .option('--report <file>', 'write the figures as JSON')
  .option('--stations <count>', 'stations of each province', number, 12)
  .option('--hours <count>', 'simulated hours', number, 24)
  .option('--seed <number>', 'another day', number, 1)
  .action(
    async ({
      once = false,
      ...options
    }: {
      once?: boolean;
      report?: string;
      stations: number;
      hours: number;
      seed: number;
    }) => endsWith(await demo({ once, ...options })),
  );

program
  .command('simulate')
  .description('send what loggers would send to a running node whose clock is driven (QUANTRAC_CLOCK=driven)')
  .addOption(data())
  .option('--stations <count>', 'loggers', number, 10)
  .option('--hours <count>', 'simulated hours', number, 24)
  .option('--seed <number>', 'another day', number, 1)
  .option('--faults <kinds>', 'which faults, by commas; "none"; all if not given')
  .option('--speed <factor>', 'simulated over real time; as fast as possible if not given', number)
  .option('--province <code>', 'official code of the province', '79')
  .action(async (options) => simulateInto(options));

program
  .command('verify')
  .description('compare a node with the national copy and list every difference; exit code 1 if there is one')
  .addOption(data())
  .option('--from <time>', 'only hours from then on: 2026-01-15T00:00+07:00', instant)
  .option('--to <time>', 'only hours before then', instant)
  .option('--station <id>', 'only this station')
  .action(async ({ data: folder, ...range }: { data: string; from?: string; to?: string; station?: string }) =>
    endsWith(await verify(folder, range)),
  );

const stations = program
  .command('stations')
  .description('the register of stations as CSV; the clocks of their loggers');
stations
  .command('import <file>')
  .description('register and change stations; every fault is listed by line')
  .addOption(data())
  .option('--dry-run', 'only say what would happen')
  .action(async (file: string, { data: folder, dryRun = false }: { data: string; dryRun?: boolean }) =>
    endsWith(await importStations(folder, file, { dryRun })),
  );
stations
  .command('export [file]')
  .description('all stations, one line a channel')
  .addOption(data())
  .addOption(new Option('--separator <sign>', 'as Excel expects it').choices([';', ',']).default(';'))
  .action(async (file: string | undefined, { data: folder, separator }: { data: string; separator: ';' | ',' }) =>
    exportStations(folder, file, separator),
  );
stations
  .command('correct-clock <station>')
  .description("say by how much the clock of a station's logger is wrong: what is added to every time in its files")
  .addOption(data())
  .requiredOption('--add <duration>', '7h, -15m, 90s; 0: the clock is right again', duration)
  .requiredOption(
    '--from <time>',
    `files that arrive from then on: 2026-01-15T08:30+07:00, or "${always}"; the same time again replaces what was said`,
    instantOrAlways,
  )
  .requiredOption('--reason <text>', 'kept with the correction')
  .addHelpText('after', clockHelp)
  .action(async (station: string, { data: folder, add: offsetMs, from, reason }: SaidOfClock) =>
    correctClock(folder, station, { offsetMs, from: from === always ? null : from, reason }),
  );

const intake = program.command('intake').description('what could not be placed');
intake
  .command('list')
  .description('files and lines that are held, why and what to do; unknown senders')
  .addOption(data())
  .action(async ({ data: folder }: { data: string }) => listHeld(folder));
intake
  .command('assign <held> <station>')
  .description('a held file belongs to this station')
  .addOption(data())
  .action(async (held: string, station: string, { data: folder }: { data: string }) =>
    assignHeld(folder, held, station),
  );
intake
  .command('reprocess [held]')
  .description('read held files again with what is registered now')
  .addOption(data())
  .action(async (held: string | undefined, { data: folder }: { data: string }) => reprocessHeld(folder, held));

const rejected = program.command('rejected').description('records that a group of a service set aside');
rejected
  .command('list')
  .description('what was set aside, where it stood and why, the newest last')
  .addOption(data())
  .option('--group <name>', 'only of this group')
  .action(async ({ data: folder, group }: { data: string; group?: string }) => listRejected(folder, group));
rejected
  .command('replay <group> [ids...]')
  .description('hand records to their group again, once what was wrong is mended')
  .addOption(data())
  .option('--all', 'all that wait now')
  .action(async (group: string, ids: string[], { data: folder, all = false }: { data: string; all?: boolean }) =>
    replayRejected(folder, group, { ids, all }),
  );

const topics = program
  .command('topics')
  .description('the catalogue of topics')
  .option('--json', 'one object a line')
  .action(({ json = false }: { json?: boolean }) => listTopics({ json }));
topics
  .command('make')
  .description('make the topics of a node on the brokers that KAFKA_BROKERS names, before its services start')
  .option('--national', 'those of the national tier')
  .action(({ national = false }: { national?: boolean }) => makeTopicsOf(national ? 'national' : 'province'));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${isFault(error) ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
