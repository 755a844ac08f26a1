export * from './define-api.ts';
export * from './page.ts';
export * from './problem.ts';
export * from './route.ts';
