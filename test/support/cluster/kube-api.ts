/** The few calls to an API server that the fake node makes: JSON requests and watches, over one kept connection pool. */
import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** An object as the API server gives it. */
export interface KubeObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
}

/** A list as the API server gives it. */
export interface KubeList<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

/** What a watch tells. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** An answer other than success. */
export class KubeApiError extends Error {
  readonly status: number;
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} was answered with ${status}: ${body}`);
    this.status = status;
  }
}

/** Where an API server is and who calls it. */
export interface KubeAccess {
  /** Such as https://127.0.0.1:6443. */
  readonly url: string;
  /** Certificate of its authority, in PEM. */
  readonly ca: string;
  readonly token: string;
}

/** A patch whose lists are merged by key, as kubelets write status. */
const STRATEGIC = 'application/strategic-merge-patch+json';

const APPLY = 'application/apply-patch+yaml';

/** A client of one API server. */
export class KubeApi {
  private readonly agent: Agent;
  private readonly access: KubeAccess;

  constructor(access: KubeAccess) {
    this.access = access;
    this.agent = new Agent({ ca: access.ca, keepAlive: true });
  }

  /** Reads an object or a list. */
  async get<T>(path: string): Promise<T> {
    return await this.json<T>('GET', path);
  }

  /** Reads an answer that is no JSON, such as that of a health check. */
  async text(path: string): Promise<string> {
    return await text(await this.send('GET', path, {}));
  }

  /** Makes an object; with `dryRun` it is judged and not kept. Gives it as it is, or would be. */
  async create<T>(path: string, object: object, options: { readonly dryRun?: boolean } = {}): Promise<T> {
    return await this.json<T>('POST', options.dryRun === true ? `${path}?dryRun=All` : path, object);
  }

  /** Changes a part of an object. */
  async patch(path: string, change: object, contentType = STRATEGIC): Promise<void> {
    await this.json('PATCH', path, change, contentType);
  }

  /** Applies an object server-side; with `dryRun` it is judged and not kept. Gives it as it is, or would be. */
  async apply<T>(
    path: string,
    object: object,
    options: { readonly manager?: string; readonly dryRun?: boolean } = {},
  ): Promise<T> {
    const query = new URLSearchParams({ fieldManager: options.manager ?? 'test', force: 'true' });
    if (options.dryRun === true) query.set('dryRun', 'All');
    return await this.json<T>('PATCH', `${path}?${query.toString()}`, object, APPLY);
  }

  /** Deletes an object, with a body that says how. */
  async delete(path: string, options: object = {}): Promise<void> {
    await this.json('DELETE', path, options);
  }

  /** Lists, then follows the changes until the signal ends it; each object that is there comes as ADDED first. */
  async follow<T extends KubeObject>(
    path: string,
    signal: AbortSignal,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    while (!signal.aborted) {
      const { items, metadata } = await this.get<KubeList<T>>(path);
      for (const object of items) onEvent({ type: 'ADDED', object });
      await this.watch(path, metadata.resourceVersion, signal, onEvent);
    }
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.agent.destroy();
  }

  private async watch<T extends KubeObject>(
    path: string,
    since: string,
    signal: AbortSignal,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const joint = path.includes('?') ? '&' : '?';
    const response = await this.send('GET', `${path}${joint}watch=1&resourceVersion=${since}`, { signal });
    try {
      for await (const line of createInterface({ input: response })) {
        const event = JSON.parse(line) as WatchEvent<T>;
        if (event.type === 'ERROR') return;
        if (event.type !== 'BOOKMARK') onEvent(event);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async json<T>(method: string, path: string, body?: object, contentType = 'application/json'): Promise<T> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.send(method, path, { headers: { 'content-type': contentType } }, payload);
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw new KubeApiError(method, path, status, answer);
    return JSON.parse(answer) as T;
  }

  private async send(method: string, path: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
    const headers = {
      ...options.headers,
      authorization: `Bearer ${this.access.token}`,
      accept: 'application/json',
      // Node states none for a DELETE, and its body would be read as the next request
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    return await new Promise((resolve, reject) => {
      const call = request(new URL(path, this.access.url), { ...options, agent: this.agent, method, headers });
      call.once('response', resolve);
      call.once('error', reject);
      call.end(body);
    });
  }
}
