import { media } from '#catalog';
import { runService } from '#runtime';
import { mediaPlan } from './plan.ts';

await runService(media, mediaPlan);
