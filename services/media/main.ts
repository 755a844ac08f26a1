import { media } from '#catalog';
import { runService } from '#runtime';
import { definition } from './definition.ts';

await runService(media, definition);
