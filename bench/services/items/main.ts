/** The items service as a process, bundled into one file as the seven are. */
import { runService } from '#runtime';
import { itemsDefinition } from './definition.ts';

await runService(itemsDefinition);
