/** Reading through vue-query: keys, pages and retries are decided once, here. */
import type { Api, OperationOf, Page, ResponseOf, RouteOf } from '#contracts';
import { QueryClient, useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { call, type CallArguments, type CallRequest } from './call.ts';
import type { Face } from './face.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds in which what was read is not read again when a page is opened. */
const FRESH_MS = 20_000;
/** How often a read is tried again when nobody answered or a part is away. */
const RETRIES = 2;

/** The one query client of the page. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      refetchOnWindowFocus: false,
      // a refusal stays a refusal; what is away may be back
      retry: (failures, error) =>
        failures < RETRIES &&
        !(error instanceof Refusal && error.problem.status < 500 && error.code !== 'rate_limited'),
      // try although the browser says offline: then the page can say so
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/** Key of a read. Its start `[service, operation]` finds all reads of an operation, `[service]` all of a service. */
export function readKey<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  request?: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown },
): readonly unknown[] {
  const { params, query, body } = request ?? {};
  if (body !== undefined) return [face.service, id, { params, query, body }];
  return params === undefined && query === undefined ? [face.service, id] : [face.service, id, { params, query }];
}

/** Settings of a read, which may change while it is shown. */
export interface ReadOptions {
  /** Whether to read at all. @default true */
  readonly enabled?: MaybeRefOrGetter<boolean>;
  /** Milliseconds between two reads while the page is seen; false for no repetition. @default false */
  readonly every?: MaybeRefOrGetter<number | false>;
  /** Keeps showing what was read while another request is read. @default false */
  readonly keepPrevious?: boolean;
}

type Request<A extends Api, Id extends OperationOf<A>> = Pick<CallRequest<A, Id>, 'params' | 'query' | 'body'>;
type RequestSource<A extends Api, Id extends OperationOf<A>> = Request<A, Id> | (() => Request<A, Id>);

/** Reads an operation and keeps it; reads again when `request` changes. */
export function useRead<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  request?: RequestSource<A, Id>,
  options: ReadOptions = {},
) {
  type Data = ResponseOf<RouteOf<A, Id>>;
  return useQuery<Data>({
    queryKey: computed(() => readKey(face, id, toValue(request))),
    queryFn: ({ signal }) => call(face, id, ...([{ ...toValue(request), signal }] as unknown as CallArguments<A, Id>)),
    enabled: () => toValue(options.enabled) ?? true,
    refetchInterval: () => toValue(options.every) ?? false,
    ...(options.keepPrevious ? { placeholderData: ((previous: unknown) => previous) as never } : {}),
  });
}

type ItemOf<Data> = Data extends Page<infer Item> ? Item : never;

/** What {@link usePages} gives, as far as what shows a list needs it. */
export interface PagedRead<Item = unknown> {
  readonly items: { readonly value: readonly Item[] };
  /** Where the next page starts; undefined after the last one. */
  readonly nextCursor: { readonly value: string | undefined };
  readonly isPending: { readonly value: boolean };
  readonly isError: { readonly value: boolean };
  readonly error: { readonly value: unknown };
  readonly isFetchingNextPage: { readonly value: boolean };
  readonly isFetchNextPageError: { readonly value: boolean };
  readonly fetchNextPage: () => Promise<unknown>;
  readonly refetch: () => Promise<unknown>;
}

/** Reads a list page by page; `items` are those of all pages so far. */
export function usePages<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  request?: RequestSource<A, Id>,
  options: ReadOptions & {
    /** Cursor that the first page starts at, as a link carries it. */
    readonly from?: MaybeRefOrGetter<string | undefined>;
  } = {},
) {
  type Item = ItemOf<ResponseOf<RouteOf<A, Id>>>;
  const query = useInfiniteQuery({
    queryKey: computed(() => [...readKey(face, id, toValue(request)), 'pages', toValue(options.from) ?? '']),
    queryFn: async ({ pageParam, signal }): Promise<Page<Item>> => {
      const given: Partial<CallRequest<A, Id>> = { ...toValue(request) } as Partial<CallRequest<A, Id>>;
      const paged = { ...given, query: { ...given.query, cursor: pageParam }, signal };
      return (await call(face, id, ...([paged] as unknown as CallArguments<A, Id>))) as Page<Item>;
    },
    initialPageParam: computed(() => toValue(options.from)),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: () => toValue(options.enabled) ?? true,
    refetchInterval: () => toValue(options.every) ?? false,
    ...(options.keepPrevious ? { placeholderData: ((previous: unknown) => previous) as never } : {}),
  });
  return Object.assign(query, {
    items: computed<readonly Item[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    nextCursor: computed(() => query.data.value?.pages.at(-1)?.nextCursor ?? undefined),
  });
}

/**
 * Shows a change at once and sends it: what was read under `key` becomes `change` of it, then what `send` answers, when it
 * answers anything. When it fails, all is as before and the error is thrown.
 */
export async function changeAtOnce<Data>(
  key: readonly unknown[],
  change: (before: Data) => Data,
  send: () => Promise<Partial<Data> | undefined>,
): Promise<void> {
  await queryClient.cancelQueries({ queryKey: key, exact: true });
  const before = queryClient.getQueryData<Data>(key);
  if (before !== undefined) queryClient.setQueryData<Data>(key, change(before));
  try {
    const answer = await send();
    if (answer) queryClient.setQueryData<Data>(key, (now) => (now === undefined ? undefined : { ...now, ...answer }));
  } catch (error) {
    if (before !== undefined) queryClient.setQueryData<Data>(key, before);
    throw error;
  }
}
