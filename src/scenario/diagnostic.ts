/** What kind of mistake it is, for those who branch on it. */
export type DiagnosticCode =
  | 'yaml'
  | 'too-large'
  | 'unknown-key'
  | 'missing-key'
  | 'not-supported'
  | 'bad-value'
  | 'bad-placeholder'
  | 'bad-threshold'
  | 'bad-identity'
  | 'environment'
  | 'flag';

/** Keys and list positions from the top of a scenario to a value. */
export type ScenarioPath = readonly (string | number)[];

/** One mistake, as data: an editor or a program can show it in its own way. */
export interface Diagnostic {
  severity: 'error' | 'warning';
  code: DiagnosticCode;
  message: string;
  /** What the user can do about it; a correction starts with "did you mean". */
  hint: string | null;
  path: ScenarioPath;
  /** Offsets in the scenario's text; null where the value came from a flag. */
  range: { start: number; end: number } | null;
  /** The flag that the value came from, such as `--set target.qos`; null for the file. */
  flag: string | null;
}

/**
 * Sorted by place: the file from top to bottom, then flags. A value that could not be read has one mistake: what else was found at its
 * place follows from it.
 */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const at = (diagnostic: Diagnostic): number => diagnostic.range?.start ?? Number.MAX_SAFE_INTEGER;
  const where = ({ range, path, flag }: Diagnostic): string =>
    range === null ? `${flag} ${path.join('.')}` : `${range.start}`;
  const unread = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const decisive = diagnostic.code === 'yaml' || diagnostic.code === 'environment';
    if (decisive && !unread.has(where(diagnostic))) unread.set(where(diagnostic), diagnostic);
  }
  const distinct = diagnostics.filter((diagnostic) => (unread.get(where(diagnostic)) ?? diagnostic) === diagnostic);
  return distinct.sort((a, b) => at(a) - at(b) || (a.flag ?? '').localeCompare(b.flag ?? ''));
}
