/** `npm run synth:check`: synthesizes into build/ and compares with the committed dist/ byte by byte; prints the difference. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const FRESH = 'build/synth-check';

rmSync(FRESH, { recursive: true, force: true });
const synth = spawnSync(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
  env: { ...process.env, CDK8S_OUTDIR: FRESH },
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (synth.status !== 0) process.exit(synth.status ?? 1);

const diff = spawnSync('git', ['--no-pager', 'diff', '--no-index', '--no-color', 'dist', FRESH], { stdio: 'inherit' });
if (diff.status !== 0) {
  process.stderr.write('dist/ is not what a fresh synthesis gives: run npm run synth and commit dist/\n');
  process.exit(1);
}
process.stdout.write('dist/ is what a fresh synthesis gives\n');
