import { closestName } from '../metrics/closest-name.ts';

/** The name in `known` that a misspelt one was meant to be: few letters wrong, letters swapped, or only its beginning. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const letters = sorted(name);
  return (
    closestName(name, known) ??
    known.find((candidate) => sorted(candidate) === letters) ??
    known.find((candidate) => name.length >= 3 && candidate.startsWith(name))
  );
}

function sorted(text: string): string {
  return [...text.toLowerCase()].sort().join('');
}
