/** notif as a process. */
import { notif } from '#catalog';
import { runService } from '#runtime';
import { notifPlan } from './plan.ts';

await runService(notif, notifPlan);
