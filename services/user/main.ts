/** user as a process. */
import { user } from '#catalog';
import { runService } from '#runtime';
import { userPlan } from './definition.ts';

await runService(user, userPlan);
