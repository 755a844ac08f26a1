import { stats } from '#catalog';
import { runService } from '#runtime';
import { statsPlan } from './definition.ts';

await runService(stats, statsPlan);
