/** Findings as SARIF 2.1.0, as code scanning of GitHub and others read it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import { isAbsolute, normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STANDARD_INPUT } from '#manifest-source';
import { placeOf, type Finding } from './finding.ts';
import { pageOf, RULES, type RuleId, type Severity } from './rules.ts';

/** Where the files of the published package can be read. */
const HOME = 'https://unpkg.com/cdk8s-nats';
/** Results that GitHub's code scanning takes in one run. */
const MOST_RESULTS = 25_000;
const GRAVITY: Readonly<Record<Severity, number>> = { error: 0, warning: 1 };

/** A log with one run; what could not be read makes the run one that did not succeed. */
export function sarifLog(found: readonly Finding[], unreadable: readonly string[]): object {
  // errors first: what is beyond the limit is what matters least
  const findings = [...found].sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]).slice(0, MOST_RESULTS);
  const left = found.length - findings.length;
  const notes = [
    ...unreadable.map((text) => ({ level: 'error', message: { text } })),
    ...(left > 0
      ? [
          {
            level: 'warning',
            message: { text: `${left} more findings are omitted: code scanning accepts at most ${MOST_RESULTS}` },
          },
        ]
      : []),
  ];
  const ids = [...new Set(findings.map((finding) => finding.rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cdk8s-nats', informationUri: HOME, rules: ids.map(sarifRule) } },
        invocations: [
          {
            executionSuccessful: unreadable.length === 0,
            toolExecutionNotifications: notes,
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => sarifResult(finding, ids.indexOf(finding.rule))),
      },
    ],
  };
}

function sarifRule(id: RuleId): object {
  return {
    id,
    shortDescription: { text: RULES[id].summary },
    defaultConfiguration: { level: RULES[id].severity },
    help: { text: `${RULES[id].summary}: see ${pageOf(id)}` },
    helpUri: `${HOME}/${pageOf(id)}`,
  };
}

function sarifResult(finding: Finding, ruleIndex: number): object {
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: finding.severity,
    message: { text: `${placeOf(finding)}: ${finding.message}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.file) },
          region: { startLine: finding.line, startColumn: finding.column },
        },
      },
    ],
  };
}

/** Relative to the working directory for what lies below it, else with its scheme: no dot segments, no bare absolute path. */
function uriOf(file: string): string {
  if (file === STANDARD_INPUT) return encodeURI(file);
  const path = normalize(file);
  if (isAbsolute(path) || path.startsWith('..')) return pathToFileURL(resolve(path)).href;
  return path.split(/[\\/]/).map(encodeURIComponent).join('/');
}
