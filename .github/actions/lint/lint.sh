#!/usr/bin/env bash
# The step of action.yml beside it. Exit code: 0 nothing found, 1 findings, 2 something could not be read.
set -euo pipefail

mapfile -t paths < <(grep -v '^[[:space:]]*$' <<<"$LINT_PATHS")
read -ra options <<<"$LINT_OPTIONS"

lint() {
  npx --yes --package "$LINT_PACKAGE" -- cdk8s-nats lint --format "$1" "${options[@]}" -- "${paths[@]}"
}

code=0
lint github || code=$?
if [[ -n $LINT_SARIF && $code -lt 2 ]]; then
  lint sarif >"$LINT_SARIF" || [[ $? -eq 1 ]]
fi
exit "$code"
