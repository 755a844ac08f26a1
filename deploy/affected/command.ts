/**
 * `npm run affected -- --since <commit> [--head <commit>] [--json]`: which images the commits since the last green one
 * change, and why. With `--json` one line for a workflow on the standard output, and the text on the standard error.
 */
import { parseArgs } from 'node:util';
import { affectedRange } from './affected-range.ts';
import { commitRange } from './commit-range.ts';
import { affectedReport, affectedText } from './report.ts';

const { values } = parseArgs({
  options: {
    since: { type: 'string', default: '' },
    head: { type: 'string', default: 'HEAD' },
    json: { type: 'boolean', default: false },
  },
});

const range = commitRange(values.since, values.head);
const { recipes, affected } = await affectedRange(range);
const report = affectedReport(range, affected, (image) => recipes.find((one) => one.image === image)?.folder ?? '');
(values.json ? process.stderr : process.stdout).write(affectedText(range, report));
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
