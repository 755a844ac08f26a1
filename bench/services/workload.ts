/** What is asked of both stacks, and how many times the peer's rate ours must reach. */

/** One request, sent over and over. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request with what it stands for. */
export interface Workload {
  readonly name: string;
  readonly request: BenchRequest;
  /** How many times the peer's requests per second. */
  readonly target: number;
  /** Settings of both stacks. */
  readonly settings: Readonly<Record<string, string>>;
}

const NO_LIMIT = { RATE_LIMIT: '0' };
/** Every request is counted and none is refused; the window holds about as many as that of a busy address. */
const COUNTED = { RATE_LIMIT: '1000000', RATE_WINDOW_S: '1' };
const NEW_ITEM = {
  title: 'A walk through the old town',
  description: 'Filmed on a Sunday morning, before the shops opened. '.repeat(3),
  tags: ['walk', 'town', 'sunday'],
};

/** The workloads of HTTP; `itemId` is there, `cookie` is that of somebody who is logged in. */
export function httpWorkloads({ itemId, cookie }: { readonly itemId: string; readonly cookie: string }): Workload[] {
  const get = (path: string, headers = {}): BenchRequest => ({ method: 'GET', path, headers });
  const add: BenchRequest = {
    method: 'POST',
    path: '/api/items/items',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(NEW_ITEM),
  };
  return [
    { name: '/health', request: get('/livez'), target: 1.5, settings: NO_LIMIT },
    { name: 'read by key', request: get(`/api/items/items/${itemId}`), target: 2, settings: NO_LIMIT },
    {
      name: 'session + limit + read',
      request: get(`/api/items/own-items/${itemId}`, { cookie }),
      target: 2,
      settings: COUNTED,
    },
    { name: 'insert + acknowledged publish', request: add, target: 1.5, settings: NO_LIMIT },
  ];
}
