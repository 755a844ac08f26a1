import { runService } from 'cdk8s-nats/runtime';
import { exportSpans } from '../tracing.ts';
import { service } from './service.ts';

await exportSpans('mail');
await runService(service);
