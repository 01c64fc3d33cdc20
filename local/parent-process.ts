const LOOK_EVERY_MS = 500;

/**
 * Calls `then` once when the process that started this one is gone: npm and the shell between them end on a signal that they do not hand on.
 * Only where npm started it: whoever starts it from a shell may leave that shell.
 */
export function whenNpmEnds(then: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, LOOK_EVERY_MS);
  timer.unref();
}
