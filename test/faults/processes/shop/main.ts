import { runService } from '#runtime';
import { shopDefinition } from './definition.ts';
import { killAt, KILL_PLACES } from './kill-places.ts';

const { KILL_AT, KILL_NTH } = process.env;
const place = KILL_PLACES.find((one) => one === KILL_AT);
if (place !== undefined) killAt(place, Number(KILL_NTH ?? 1));

await runService(shopDefinition);
