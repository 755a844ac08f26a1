import { topology } from '#catalog';
import { provePermissions } from '#test-support/nats-permission-proof';

provePermissions(topology);
