import { user } from '#catalog';
import { runService } from '#runtime';
import { definition } from './definition.ts';

await runService(user, definition);
