#!/usr/bin/env bash
# usage: deploy/images/record.sh <tag of what runs> <folder of references that were built>
# Commits the references and manifests that were deployed from this commit, moves the tag to them, and brings them to
# main. A push with the token of a workflow starts no workflow again.
set -euo pipefail
tag=$1 built=$2
settings=src/video-platform/settings/images.json
git config user.name 'github-actions[bot]'
git config user.email '41898282+github-actions[bot]@users.noreply.github.com'

bash deploy/images/take-references.sh "$tag" "$built"
npm run --silent synth
git add "$settings" dist
git diff --cached --quiet || git commit --quiet --message "chore(deploy): what runs as $tag"
deployed="$(git rev-parse HEAD)"
git push --force origin "$deployed:refs/tags/$tag"

# main may have moved on meanwhile: both are merged, and the manifests made again from the merged source
for _ in 1 2 3 4 5; do
  if git push origin HEAD:refs/heads/main; then exit 0; fi
  git fetch origin main
  git reset --quiet --hard FETCH_HEAD
  git merge --quiet --no-ff --no-commit --strategy-option theirs "$deployed"
  npm ci --ignore-scripts --no-audit --no-fund
  # main's references, which somebody may have changed, and those that were built
  git checkout --quiet FETCH_HEAD -- "$settings"
  if [ -d "$built" ]; then npm run --silent images -- --from "$built"; fi
  npm run --silent synth
  git add "$settings" dist
  git commit --quiet --message "chore(deploy): what runs as $tag"
done
echo 'main moved at every attempt: run this job again' >&2
exit 1
