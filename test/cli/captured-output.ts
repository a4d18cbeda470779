import { onTestFinished, vi } from 'vitest';

/** What stdout and stderr get from here to the end of the test, instead of the terminal. */
export function capturedOutput(): { stdout: string; stderr: string } {
  const captured = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      captured[name] += String(chunk);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return captured;
}
