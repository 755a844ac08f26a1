#!/usr/bin/env bash
# usage: deploy/images/take-references.sh <tag of what runs> <folder of references that were built>
# A commit that was made before the last deployment was recorded knows nothing of it: then its references are taken from
# the record. One that comes after it may have changed them on purpose, for example back to an older image.
set -euo pipefail
tag=$1 built=$2
settings=src/video-platform/settings/images.json
if git rev-parse --quiet --verify "refs/tags/$tag" > /dev/null && ! git merge-base --is-ancestor "$tag" HEAD; then
  git checkout --quiet "$tag" -- "$settings"
fi
if [ -d "$built" ]; then npm run --silent images -- --from "$built"; fi
