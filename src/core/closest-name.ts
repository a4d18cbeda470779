/**
 * The name in `known` that a misspelt one was meant to be: few letters wrong or swapped, the same letters in another order, or only its
 * beginning. undefined when none is near.
 */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const typed = name.toLowerCase();
  let best: string | undefined;
  // More than a third of the letters wrong is another word.
  let bestDistance = Math.floor(Math.max(typed.length, 3) / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  const letters = sorted(typed);
  return (
    best ??
    known.find((candidate) => sorted(candidate.toLowerCase()) === letters) ??
    known.find((candidate) => typed.length >= 3 && candidate.toLowerCase().startsWith(typed))
  );
}

/** Letters to insert, remove, replace, or swap with their neighbour (optimal string alignment), three rows at a time. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] as number) + 1);
      }
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}

function sorted(text: string): string {
  return [...text].sort().join('');
}
