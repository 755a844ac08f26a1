import { media } from '#catalog';
import { runService } from '#runtime';
import { mediaPlan } from './definition.ts';

await runService(media, mediaPlan);
