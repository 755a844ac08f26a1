/** The four ways in which findings are written. */
import { pageOf, RULES, type RuleId } from './rules.ts';
import type { Finding } from './finding.ts';

/** Names of the formats. */
export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
/** Name of a format. */
export type Format = (typeof FORMATS)[number];

/** Writes findings: some formats as each comes, others at the end. */
export interface Report {
  /** What is written when a finding comes; empty for a format that needs all of them. */
  readonly each: (finding: Finding) => string;
  /** What is written at the end. */
  readonly end: (findings: readonly Finding[]) => string;
}

/** The writers by format. */
export const REPORTS: Readonly<Record<Format, Report>> = {
  text: { each: textLine, end: () => '' },
  github: { each: githubLine, end: () => '' },
  json: { each: () => '', end: (findings) => `${JSON.stringify(findings.map(withPage), null, 2)}\n` },
  sarif: { each: () => '', end: (findings) => `${JSON.stringify(sarif(findings), null, 2)}\n` },
};

function textLine(finding: Finding): string {
  const { file, line, column, severity, message, rule } = finding;
  return `${file}:${line}:${column}: ${severity}: ${placeOf(finding)}: ${message} [${rule}]\n`;
}

function placeOf({ object, container }: Finding): string {
  return container === undefined ? object : `${object} container ${container}`;
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function githubLine(finding: Finding): string {
  const { severity, file, line, column, rule } = finding;
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const message = data(`${placeOf(finding)}: ${finding.message}`);
  return `::${severity} file=${property(file)},line=${line},col=${column},title=${property(rule)}::${message}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function withPage(finding: Finding): object {
  return { ...finding, page: pageOf(finding.rule) };
}

/** SARIF 2.1.0, as code scanning of GitHub and others read it. */
function sarif(findings: readonly Finding[]): object {
  const ids = [...new Set(findings.map((finding) => finding.rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cdk8s-nats', rules: ids.map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: ids.indexOf(finding.rule),
          level: finding.severity,
          message: { text: `${placeOf(finding)}: ${finding.message}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(finding.file.replaceAll('\\', '/')) },
                region: { startLine: finding.line, startColumn: finding.column },
              },
            },
          ],
        })),
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
