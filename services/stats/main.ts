import { stats } from '#catalog';
import { runService } from '#runtime';
import { definition } from './definition.ts';

await runService(stats, definition);
