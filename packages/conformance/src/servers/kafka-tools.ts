import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jarsOf, serverFile } from './jars.ts';

/** By the names of their scripts in a distribution of Kafka. */
const tools = {
  'kafka-configs.sh': 'kafka.admin.ConfigCommand',
  'kafka-acls.sh': 'org.apache.kafka.tools.AclCommand',
  'kafka-consumer-groups.sh': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
} as const;

/** Puts Kafka's own tools into a folder that it makes. */
export async function kafkaToolsIn(folder: string): Promise<string> {
  const jars = await jarsOf('kafka');
  const log = `-Dlog4j2.configurationFile=${serverFile('kafka/log4j2.properties')}`;
  mkdirSync(folder);
  for (const [name, tool] of Object.entries(tools)) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -Xmx128m -cp '${jars}' ${log} ${tool} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

/** Runs one of the tools in a folder; what it says. */
export const runKafkaTool = async (folder: string, tool: keyof typeof tools, given: readonly string[]) =>
  (await promisify(execFile)(join(folder, tool), given)).stdout;
