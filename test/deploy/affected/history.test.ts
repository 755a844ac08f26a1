/** Ranges of this repository's own history, found by what their commits say; it needs a full clone. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { affectedRange } from '../../../deploy/affected/affected-range.ts';
import { commitRange } from '../../../deploy/affected/commit-range.ts';
import { affectedReport } from '../../../deploy/affected/report.ts';

const SERVICES = ['auth', 'media', 'notif', 'queue', 'stats', 'user', 'video'];

async function affectedBy(subject: string) {
  const commit = execFileSync('git', ['log', '--fixed-strings', `--grep=${subject}`, '--format=%H', '-1'], {
    encoding: 'utf8',
  }).trim();
  if (commit === '')
    throw new Error(`no commit says "${subject}": this test needs the history (git fetch --unshallow)`);
  const range = commitRange(`${commit}~1`, commit);
  const { affected } = await affectedRange(range);
  return affectedReport(range, affected, () => '');
}

it.each([
  ['a change of the runtime', 'fix(runtime): readiness never answers with what it knew before', SERVICES],
  ['a fix of one service', 'fix(user): a bio that is changed before the news of the account', ['user']],
  ['a page of the web', 'feat(web): my videos, the bell and the notifications page', ['web']],
  ['documents and tests', 'docs(cli): what of the study was read; test(faults)', []],
])('finds what %s affects', async (_, subject, images) => {
  const { matrix, any } = await affectedBy(subject);
  expect(matrix.include.map(({ image }) => image)).toEqual(images);
  expect(any).toBe(images.length > 0);
});

it('finds what a contract affects, and tells the way', async () => {
  const { reasons } = await affectedBy('feat(contracts): progress says why an attempt ended');
  expect(reasons).toEqual({
    // auth was the only service that there was
    auth: [
      'src/video-platform/contracts/media.ts is imported: services/auth/main.ts → services/auth/plan.ts → src/video-platform/contracts/index.ts → src/video-platform/contracts/media.ts',
    ],
    web: ['src/video-platform/contracts/media.ts is in the page'],
  });
});
