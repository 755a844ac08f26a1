import { queue } from '#catalog';
import { runService } from '#runtime';
import { queuePlan } from './plan.ts';

await runService(queue, queuePlan);
