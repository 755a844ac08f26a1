/** What a release is made from. */
export interface Release {
  /** Tag that was pushed, such as `v1.2.3`. */
  readonly tag: string;
  /** Version of package.json. */
  readonly version: string;
  /** Text of CHANGELOG.md. */
  readonly changelog: string;
}

/** The section of the version, without its heading. Throws with every reason why this cannot be released. */
export function releaseNotes({ tag, version, changelog }: Release): string {
  const section = changelog
    .split(/^(?=## )/m)
    .find((text) => (/^## \[?v?([^\s\]]+)/.exec(text)?.[1] ?? '') === version);
  const notes = section?.slice(section.indexOf('\n') + 1).trim();
  const faults = [
    ...(tag === `v${version}`
      ? []
      : [`tag is ${tag}, but package.json has version ${version}: the tag must be v and that version`]),
    ...(notes === undefined || notes === ''
      ? [`CHANGELOG.md has no text below "## ${version}": move the text of "## Unreleased" below that heading`]
      : []),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return `${notes ?? ''}\n`;
}
