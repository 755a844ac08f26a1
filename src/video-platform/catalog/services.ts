import * as declarations from './declarations.ts';

export * from './declarations.ts';

/** Declarations of the services, in the order of their files; what is made for each service is made by walking it. */
export const SERVICES = Object.values(declarations).sort((a, b) => a.file - b.file);
