import { declareService, defineApi, runtimeEnv } from 'cdk8s-nats/declare';
import { z } from 'zod';

const note = z.object({ id: z.uuid(), text: z.string() });

export const notesApi = defineApi('notes', {
  writeNote: {
    method: 'post',
    path: '/notes',
    access: 'public',
    summary: 'Write a note',
    body: z.strictObject({ text: z.string().min(1) }),
    response: note,
    status: 201,
  },
  readNote: {
    method: 'get',
    path: '/notes/:id',
    access: 'public',
    summary: 'Read a note',
    params: z.object({ id: z.uuid() }),
    response: note,
    status: 200,
  },
});

export const notes = declareService({ name: 'notes', env: runtimeEnv('notes', {}) });
