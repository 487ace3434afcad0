// The closing line that scripts read: `N passed, N failed`, with what was skipped beside it so that nothing hides.
import type { Reporter, TestModule } from 'vitest/node'

/** Counts tests; a file that could not be loaded and an error outside of any test count as failures. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    let skipped = 0
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      const broken = tests.filter((test) => test.result().state === 'failed').length
      passed += tests.filter((test) => test.result().state === 'passed').length
      skipped += tests.filter((test) => test.result().state === 'skipped').length
      failed += module.state() === 'failed' && broken === 0 ? 1 : broken
    }
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`))
  }
}
