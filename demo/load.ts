/** The demo command of the local runner, which gives PUBLIC_ORIGIN. */
import { loadDemoData } from './demo-loading.ts';

const origin = process.env.PUBLIC_ORIGIN;
if (origin === undefined) throw new Error('PUBLIC_ORIGIN is not set: give the address of the platform’s edge');
await loadDemoData(origin, (line) => void process.stdout.write(`${line}\n`));
