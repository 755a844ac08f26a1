import type { Reporter, TestModule } from 'vitest/node';

/**
 * Names each test that passed only when it was tried again, with what had failed, and ends the run with the one line that a
 * machine reads: `N passed, N failed`.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      passed += states.filter((state) => state === 'passed').length;
      failed += states.filter((state) => state === 'failed').length;
      for (const test of module.children.allTests()) {
        if (test.diagnostic()?.flaky !== true) continue;
        const reasons = (test.result().errors ?? []).map(({ message }) => message).join('; ');
        process.stdout.write(`FLAKY: ${module.relativeModuleId}: ${test.fullName}: ${reasons}\n`);
      }
      if (module.state() === 'failed' && !states.includes('failed')) failed += 1;
    }
    process.stdout.write(`\n${String(passed)} passed, ${String(failed)} failed\n`);
  }
}
