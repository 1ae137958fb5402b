// Tests that cannot run here: each says what is missing, in its place, and the runner says it again at its end.

const reasons = new WeakMap<object, string>();

/** Skips the running test, or every test of the suite whose hook is running, and says what is missing. */
export function skip(context: Mocha.Context, missing: string): never {
  const runnable = context.runnable();
  const { parent } = runnable;
  reasons.set('type' in runnable && runnable.type === 'hook' && parent !== undefined ? parent : runnable, missing);
  console.log(`      skipped: ${missing}`);
  return context.skip();
}

/** What was missing for a test that was skipped; undefined where nobody said. */
export function whatIsMissing(test: Mocha.Test): string | undefined {
  for (let at: Mocha.Test | Mocha.Suite | undefined = test; at !== undefined; at = at.parent) {
    const reason = reasons.get(at);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
