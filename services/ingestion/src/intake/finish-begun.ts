import type { BlobStore } from '@quantrac/blob-store';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';
import { BEGUN_FILES, type BegunFile, begunIndexes } from '../domain/begun-files.ts';
import { fileOf, nameOf } from './read-file.ts';
import type { ReceiveOptions } from './receive.ts';
import { takeFile } from './take-file.ts';

export interface FinishOptions extends ReceiveOptions {
  readonly blobs: Pick<BlobStore, 'get'>;
}

const begunFiles: Collection<BegunFile> = { name: BEGUN_FILES, indexes: begunIndexes };

/**
 * Takes in from their bytes the files that were cut off between two parts, whether they are sent again or not: readings of theirs are
 * told, and the receipt that these name must stand. What fails now is tried again at the next start.
 */
export async function finishBegun(documents: DocumentStore, options: FinishOptions, log: Logger): Promise<void> {
  const begun = await documents.find(begunFiles, 'instance', { equals: [options.instance] });
  for (const { key, document } of begun)
    await finish(document, options).catch((error) =>
      log.error({ error, receipt: key }, 'a file that was begun could not be finished'),
    );
}

async function finish({ receipt, station }: BegunFile, options: FinishOptions): Promise<void> {
  const record = options.directory().station(station);
  if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is registered`);
  const named = nameOf({ path: receipt.path, account: receipt.account ?? undefined });
  if ('outcome' in named) throw Fault.invalid(named.reason, named.advice);
  const file = fileOf(receipt, await options.blobs.get(receipt.blob), record, named, options);
  // a last part even where it has become small: it ends what was begun
  const { state } = await takeFile({ ...file, part: { readingsBefore: 0 } }, options);
  options.progressed(station, state);
}
