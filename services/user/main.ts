import { runService } from '#runtime';
import { definition } from './definition.ts';

await runService(definition);
