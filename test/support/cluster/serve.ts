/** `npm run cluster`: a test cluster for a person, until Ctrl-C. */
import { once } from 'node:events';
import { startCluster } from './cluster.ts';

const { address, stop } = await startCluster();
process.stdout.write(`the cluster runs until Ctrl-C:\nexport KUBECONFIG=${address.kubeconfig}\n`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await stop();
