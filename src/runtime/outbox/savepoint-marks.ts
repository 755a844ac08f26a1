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

const STATEMENT =
  /^\s*(savepoint|rollback\s+(?:work\s+|transaction\s+)?to(?:\s+savepoint)?|release(?:\s+savepoint)?)\s+(.+?)[\s;]*$/i;
const BEGINNING = /^\s*(savepoint|rollback|release)\b/i;

/**
 * Watches the savepoints of a transaction and drops what was collected after one when it is rolled back to: the database would
 * have dropped rows just so.
 */
export class SavepointMarks implements KyselyPlugin {
  private readonly trx: Pick<Transaction<unknown>, 'getExecutor'>;
  private readonly collected: unknown[];
  private readonly marks: { readonly name: string; readonly length: number }[] = [];

  constructor(trx: Pick<Transaction<unknown>, 'getExecutor'>, collected: unknown[]) {
    this.trx = trx;
    this.collected = collected;
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
    if (/^savepoint/i.test(verb)) this.marks.push({ name, length: this.collected.length });
    const place = this.marks.findLastIndex((mark) => mark.name === name);
    const mark = this.marks[place];
    if (mark === undefined) return;
    if (/^release/i.test(verb)) this.marks.length = place;
    if (!/^rollback/i.test(verb)) return;
    this.marks.length = place + 1;
    this.collected.length = mark.length;
  }
}
