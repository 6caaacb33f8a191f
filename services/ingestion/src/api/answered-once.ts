import type { Actor } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { CommandContext } from '@quantrac/service';

/** What a person commanded and was answered, by the command's id; kept for ever. */
interface AnsweredCommand {
  readonly name: string;
  readonly data: unknown;
  readonly actor: Actor;
  /** ms */
  readonly at: number;
  readonly answer: unknown;
}

const answeredCommands: Collection<AnsweredCommand> = { name: 'answered-commands' };

type Handle<Data> = (data: Data, context: CommandContext) => Promise<unknown>;

/** The same command id again gives the first answer; who asked, on whose behalf and from where stands beside it. */
export const answeredOnce =
  (documents: DocumentStore) =>
  <Data>(name: string, handle: Handle<Data>): Handle<Data> =>
  async (data, context) => {
    const key = context.commandId;
    const before = await documents.get(answeredCommands, key);
    if (before) return before.document.answer;
    const answer = await handle(data, context);
    const { actor, at } = context;
    const document = { name, data, actor, at, answer };
    const [first] = await documents.putMany(answeredCommands, [{ key, document, expected: 0 }]);
    return first === undefined ? (await documents.get(answeredCommands, key))!.document.answer : answer;
  };
