import { expect, it } from 'vitest';
import { releaseNotes } from '../../../build-tools/library/release-section.ts';

const CHANGELOG = `# Changelog

Words about it.

## Unreleased

## 1.2.0 (2026-11-25)

- New: a thing.

### Fixed

- Another.

## 1.1.0

- Old.
`;

it('gives the section of the version, its own headings included', () => {
  expect(releaseNotes({ tag: 'v1.2.0', version: '1.2.0', changelog: CHANGELOG })).toBe(
    '- New: a thing.\n\n### Fixed\n\n- Another.\n',
  );
  expect(releaseNotes({ tag: 'v1.1.0', version: '1.1.0', changelog: CHANGELOG })).toBe('- Old.\n');
});

it('tells at once that the tag is of another version and that the changelog is silent', () => {
  expect(() => releaseNotes({ tag: 'v1.3.0', version: '1.2', changelog: CHANGELOG })).toThrow(
    /^tag is v1.3.0, but package.json has version 1.2: .*\nCHANGELOG.md has no text below "## 1.2"/,
  );
});

it('takes no empty section', () => {
  expect(() => releaseNotes({ tag: 'vUnreleased', version: 'Unreleased', changelog: CHANGELOG })).toThrow(
    'CHANGELOG.md has no text',
  );
});
