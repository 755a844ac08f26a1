/** The four ways in which findings are written. */
import { placeOf, type Finding } from './finding.ts';
import { pageOf } from './rules.ts';
import { sarifLog } from './sarif.ts';

/** Names of the formats. */
export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
/** Name of a format. */
export type Format = (typeof FORMATS)[number];

/** Writes findings: some formats as each comes, others at the end. */
export interface Report {
  /** What is written when a finding comes; empty for a format that needs all of them. */
  readonly each: (finding: Finding) => string;
  /** What is written at the end, given also what could not be read. */
  readonly end: (findings: readonly Finding[], unreadable: readonly string[]) => string;
}

/** The writers by format. */
export const REPORTS: Readonly<Record<Format, Report>> = {
  text: { each: textLine, end: () => '' },
  github: { each: githubLine, end: () => '' },
  json: { each: () => '', end: (findings) => `${JSON.stringify(findings.map(withPage), null, 2)}\n` },
  sarif: {
    each: () => '',
    end: (findings, unreadable) => `${JSON.stringify(sarifLog(findings, unreadable), null, 2)}\n`,
  },
};

function textLine(finding: Finding): string {
  const { file, line, column, severity, message, rule } = finding;
  return `${file}:${line}:${column}: ${severity}: ${placeOf(finding)}: ${message} [${rule}]\n`;
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
