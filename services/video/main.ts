import { video } from '#catalog';
import { runService } from '#runtime';
import { definition } from './definition.ts';

await runService(video, definition);
