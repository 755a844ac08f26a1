export * from './fault.ts';
export * from './variable.ts';
