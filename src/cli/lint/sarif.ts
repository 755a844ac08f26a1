/** Findings as SARIF 2.1.0, as code scanning of GitHub and others read it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import { isAbsolute, normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STANDARD_INPUT } from '#manifest-source';
import { placeOf, type Finding } from './finding.ts';
import { pageOf, RULES, type RuleId } from './rules.ts';

/** A log with one run; what could not be read makes the run one that did not succeed. */
export function sarifLog(findings: readonly Finding[], unreadable: readonly string[]): object {
  const ids = [...new Set(findings.map((finding) => finding.rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cdk8s-nats', rules: ids.map(sarifRule) } },
        invocations: [
          {
            executionSuccessful: unreadable.length === 0,
            toolExecutionNotifications: unreadable.map((text) => ({ level: 'error', message: { text } })),
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
    help: { text: pageOf(id) },
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
