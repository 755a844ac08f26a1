/** notif as a process. */
import { notif } from '#catalog';
import { runService } from '#runtime';
import { notifPlan } from './definition.ts';

await runService(notif, notifPlan);
