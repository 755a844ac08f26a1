/** The messages of two versions: AsyncAPI documents, or modules that export a topology. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { asyncApiOf } from '#asyncapi';
import { UsageError } from '../terminal/arguments.ts';
import type { AsyncApi } from './message-changes.ts';

const MODULE = /\.[cm]?[jt]s$/;
const ASYNCAPI = /^\s*(\{\s*)?["']?asyncapi["']?\s*:/m;
/** The version of a document stands near its beginning. */
const BEGINNING = 4096;

/** The messages of both sides; undefined where neither holds messages. Throws a `UsageError` where one does. */
export async function messageDocuments(
  before: string,
  after: string,
): Promise<readonly [before: AsyncApi, after: AsyncApi] | undefined> {
  const [old, now] = [await documentAt(before), await documentAt(after)];
  if (old === undefined && now === undefined) return undefined;
  if (old === undefined || now === undefined) {
    const [messages, other] = old === undefined ? [after, before] : [before, after];
    throw new UsageError(
      `${messages} holds messages and ${other} does not: compare two AsyncAPI documents or two modules`,
    );
  }
  return [old, now];
}

async function documentAt(side: string): Promise<AsyncApi | undefined> {
  if (!existsSync(side) || !(await stat(side)).isFile()) return undefined;
  if (MODULE.test(side)) {
    const { declaredTopology } = await import('../messages/declared-topology.ts');
    return asyncApiOf(await declaredTopology(side, undefined), { title: side, version: '0' }) as unknown as AsyncApi;
  }
  const text = await readFile(side, 'utf8');
  if (!ASYNCAPI.test(text.slice(0, BEGINNING))) return undefined;
  const document = parse(text) as AsyncApi & { readonly asyncapi?: unknown };
  if (typeof document.asyncapi === 'string' && document.asyncapi.startsWith('3.')) return document;
  throw new UsageError(
    `${side}: asyncapi is ${JSON.stringify(document.asyncapi)}, must be 3: write it with cdk8s-nats messages`,
  );
}
