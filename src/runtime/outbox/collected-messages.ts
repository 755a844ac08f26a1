import {
  RawNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type Transaction,
  type UnknownRow,
} from 'kysely';
import type { CollectedMessage } from './insert-messages.ts';

type WithExecutor = Pick<Transaction<unknown>, 'getExecutor'>;

const STATEMENT =
  /^\s*(savepoint|rollback\s+(?:work\s+|transaction\s+)?to(?:\s+savepoint)?|release(?:\s+savepoint)?)\s+(.+?)[\s;]*$/i;
const BEGINNING = /^\s*(savepoint|rollback|release)\b/i;

/**
 * The messages that a transaction has collected. As a plugin it goes along with all that is derived from the transaction, such as
 * `trx.withSchema('other')`. It watches the savepoints and drops what was collected after one when it is rolled back to: the
 * database would have dropped rows just so.
 */
export class CollectedMessages implements KyselyPlugin {
  readonly messages: CollectedMessage[] = [];
  /** Whether they have yet to be written. */
  open = true;
  private readonly trx: WithExecutor;
  private readonly marks: { readonly name: string; readonly length: number }[] = [];

  constructor(trx: WithExecutor) {
    this.trx = trx;
  }

  /** Those of a transaction, or of the one that it is derived from. */
  static of(trx: WithExecutor): CollectedMessages | undefined {
    return trx.getExecutor().plugins.find((plugin) => plugin instanceof CollectedMessages);
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    if (RawNode.is(node) && BEGINNING.test(node.sqlFragments[0] ?? '')) {
      this.note(this.trx.getExecutor().compileQuery(node, queryId).sql);
    }
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return await Promise.resolve(result);
  }

  private note(text: string): void {
    const [, verb = '', identifier = ''] = STATEMENT.exec(text) ?? [];
    const name = identifier.startsWith('"') ? identifier.slice(1, -1) : identifier.toLowerCase();
    if (/^savepoint/i.test(verb)) this.marks.push({ name, length: this.messages.length });
    const place = this.marks.findLastIndex((mark) => mark.name === name);
    const mark = this.marks[place];
    if (mark === undefined) return;
    if (/^release/i.test(verb)) this.marks.length = place;
    if (!/^rollback/i.test(verb)) return;
    this.marks.length = place + 1;
    this.messages.length = mark.length;
  }
}
