import { runService } from '#runtime';
import { exportSpans } from '../tracing.ts';
import { definition } from './definition.ts';

await exportSpans(definition.declaration.name);
await runService(definition);
