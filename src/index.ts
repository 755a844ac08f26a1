/** The library's public names: `cdk8s-nats`. What a declaration needs comes from its second entry, and stands here too. */
export * from '#declare';
export * from '#constructs';
export * from '#asyncapi';
export { LintValidation } from './cli/lint/lint-validation.ts';
export type {
  LintValidationContext,
  LintValidationProps,
  LintValidationReport,
  LintViolatingResource,
  LintViolation,
} from './cli/lint/lint-validation.ts';
export { renderApps, synthOnce } from '#synth';
export type { RenderedApp } from '#synth';
