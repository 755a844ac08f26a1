import { runService } from 'cdk8s-nats/runtime';
import { service } from './service.ts';

await runService(service);
