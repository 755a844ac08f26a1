import { stats } from '#catalog';
import { runService } from '#runtime';
import { statsPlan } from './stats-plan.ts';

await runService(stats, statsPlan);
