/** The items service as a process, bundled into one file as the seven are. */
import { runService } from '#runtime';
import { items } from './contract.ts';
import { itemsPlan } from './plan.ts';

await runService(items, itemsPlan);
