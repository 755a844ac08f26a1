import { defineService, notFound } from 'cdk8s-nats/runtime';
import { notes, notesApi } from './declaration.ts';

const texts = new Map<string, string>();

export const service = defineService(notes, {
  api: notesApi,
  handlers: () => ({
    writeNote: ({ body, creationId }) => {
      texts.set(creationId, body.text);
      return { id: creationId, text: body.text };
    },
    readNote: ({ params }) => {
      const text = texts.get(params.id);
      if (text === undefined) throw notFound();
      return { id: params.id, text };
    },
  }),
});
