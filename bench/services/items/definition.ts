import { defineMigrations, notFound, type Service } from '#runtime';
import { definePlatformService, type Sessions } from '#services/platform';
import { sql, type Insertable, type Selectable } from 'kysely';
import { itemAdded, itemOrdered, items, itemsApi, itemsTopology } from './contract.ts';

interface ItemTable {
  readonly item_id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: string[];
  readonly views: number;
  readonly created_at: Date;
}

interface ItemsTables {
  readonly item: ItemTable;
  readonly purchase: { readonly item_id: string; readonly buyer_id: string; readonly pieces: number };
}

const COLUMNS = ['item_id', 'title', 'description', 'tags', 'views', 'created_at'] as const;

const migrations = defineMigrations<ItemsTables>({
  '0001-items': {
    async up(db) {
      await sql`create table item (item_id uuid primary key, title text not null, description text not null,
        tags text[] not null, views integer not null, created_at timestamptz not null)`.execute(db);
      await sql`create table purchase (item_id uuid not null, buyer_id uuid not null, pieces integer not null)`.execute(
        db,
      );
    },
  },
});

/** The items service on the runtime. */
export const itemsDefinition = definePlatformService(items, {
  api: itemsApi,
  migrations,
  topology: itemsTopology,
  handlers: (service) => ({
    readItem: async ({ params }) => await readItem(service, params.itemId),
    readOwnItem: async ({ params }) => await readItem(service, params.itemId),
    addItem: async ({ body, creationId }) => {
      const row = newRow(creationId, body);
      await service.db.insertInto('item').values(row).execute();
      await service.publish(itemAdded, { aggregate: row.item_id, data: { itemId: row.item_id, title: row.title } });
      return viewOf(row);
    },
    addItemByOutbox: async ({ body, creationId }) => {
      const row = newRow(creationId, body);
      await service.transaction(async (trx) => {
        await trx.insertInto('item').values(row).execute();
        const data = { itemId: row.item_id, title: row.title };
        await service.enqueue(trx, itemAdded, { aggregate: row.item_id, data });
      });
      return viewOf(row);
    },
  }),
  consumers: (service) => [
    service.transactionalConsumer(
      itemOrdered,
      async ({ data }, trx) => {
        const row = { item_id: data.itemId, buyer_id: data.buyerId, pieces: data.pieces };
        await trx.insertInto('purchase').values(row).execute();
      },
      { groupCommit: true },
    ),
  ],
});

async function readItem({ db }: Service<typeof items, ItemsTables, Sessions>, itemId: string) {
  const row = await db.selectFrom('item').select(COLUMNS).where('item_id', '=', itemId).executeTakeFirst();
  if (row === undefined) throw notFound();
  return viewOf(row);
}

function newRow(itemId: string, body: Pick<ItemTable, 'title' | 'description' | 'tags'>): Insertable<ItemTable> {
  return { item_id: itemId, ...body, views: 0, created_at: new Date() };
}

function viewOf(row: Selectable<ItemTable>) {
  return {
    itemId: row.item_id,
    title: row.title,
    description: row.description,
    tags: row.tags,
    views: row.views,
    createdAt: row.created_at.toISOString(),
  };
}
