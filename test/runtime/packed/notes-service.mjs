import { consume, declareService, defineApi, defineMessage, defineStream, runtimeEnv } from 'cdk8s-nats/declare';
import { defineMigrations, defineService, runService } from 'cdk8s-nats/runtime';
import { Router } from 'express';
import { sql } from 'kysely';

const isText = (value) => (typeof value?.text === 'string' ? { value } : { issues: [{ message: 'must be a text' }] });
const text = { '~standard': { version: 1, vendor: 'none', validate: isText } };
const written = defineMessage({ subject: 'events.notes.written', payload: text });
const secret = (key) => ({ name: 'notes', key });
const notes = declareService({
  name: 'notes',
  env: runtimeEnv('notes', { database: { name: 'notes', password: secret('db') }, nats: { password: secret('nats') } }),
  publishes: [written],
  consumes: [consume(written)],
  jetstream: { provisions: true },
});
const events = defineStream({ name: 'EVENTS', subjects: ['events.>'] });
const post = { method: 'post', path: '/', access: 'public', summary: 'Add', body: text, response: text, status: 201 };
const table = sql`create table note (text text, read boolean)`;
const definition = defineService(notes, {
  api: defineApi('notes', { write: post }),
  migrations: defineMigrations({ '0001-note': { up: async (db) => await table.execute(db) } }),
  topology: { streams: [events], services: [notes], deadLetters: undefined },
  handlers: ({ transaction, enqueue }) => ({
    write: async ({ body }) =>
      await transaction(async (trx) => {
        await trx.insertInto('note').values({ text: body.text, read: false }).execute();
        await enqueue(trx, written, { aggregate: 'notes', data: body });
        return body;
      }),
  }),
  router: ({ db }) =>
    Router().get('/', async (_, reply) => reply.json(await db.selectFrom('note').selectAll().execute())),
  consumers: ({ transactionalConsumer }) => [
    transactionalConsumer(written, async ({ data }, trx) => {
      await trx.updateTable('note').set({ read: true }).where('text', '=', data.text).execute();
    }),
  ],
});
void runService(definition);
