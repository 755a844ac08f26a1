/** `npm run build:services [-- --watch]`: each service as one file in build/services. */
import { bundleServices, synthesisInputs, watchServices } from './service-bundle.ts';

if (process.argv.includes('--watch')) {
  const end = await watchServices({
    onBuilt: (faults) => process.stderr.write(`${faults.length === 0 ? 'services built' : faults.join('\n')}\n`),
  });
  process.once('SIGTERM', () => void end());
  process.once('SIGINT', () => void end());
} else {
  const { names, metafile } = await bundleServices();
  const wrong = synthesisInputs(metafile);
  if (wrong.length > 0) throw new Error(`a service bundle contains synthesis code:\n${wrong.join('\n')}`);
  process.stderr.write(`${String(names.length)} services built in build/services\n`);
}
