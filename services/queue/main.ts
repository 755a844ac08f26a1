import { queue } from '#catalog';
import { runService } from '#runtime';
import { queuePlan } from './definition.ts';

await runService(queue, queuePlan);
