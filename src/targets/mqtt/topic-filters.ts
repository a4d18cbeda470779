import { parseTemplate } from '../../core/template.ts';

/**
 * Topic filters that cover every topic the address templates can give, and of which no two match the same topic: a broker may deliver
 * a message once per matching subscription, which would look like duplicates. Filters that could overlap are widened to one.
 * `deviceIds` are examples of what `<device>` stands for in the template of the same index.
 */
export function topicFilters(templates: readonly string[], deviceIds: readonly string[]): string[] {
  let filters = templates.map((template, i) => filterOf(template, deviceIds[i] ?? ''));
  for (;;) {
    const pair = overlappingPair(filters);
    if (pair === null) return filters;
    const [i, j] = pair;
    const joined = join(filters[i] as string, filters[j] as string);
    filters = [...filters.filter((_, k) => k !== i && k !== j), joined];
  }
}

/** A level with a placeholder becomes `+`; a device id with levels of its own ends the filter with `#`. */
function filterOf(template: string, deviceId: string): string {
  const levels = [''];
  for (const part of parseTemplate(template)) {
    const last = levels.length - 1;
    if (part.kind === 'text') {
      const [first, ...rest] = part.text.split('/') as [string, ...string[]];
      // Text beside a placeholder is part of what `+` stands for.
      if (levels[last] !== '+') levels[last] += first;
      levels.push(...rest);
    } else if (part.name === 'device' && deviceId.includes('/')) {
      levels[last] = '#';
      break;
    } else {
      levels[last] = '+';
    }
  }
  return levels.join('/');
}

function overlappingPair(filters: readonly string[]): [number, number] | null {
  for (let i = 0; i < filters.length; i++) {
    for (let j = i + 1; j < filters.length; j++) {
      if (overlap((filters[i] as string).split('/'), (filters[j] as string).split('/'))) return [i, j];
    }
  }
  return null;
}

/** Whether some topic matches both. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  for (let level = 0; ; level++) {
    const [x, y] = [a[level], b[level]];
    // `a/#` also matches `a`, so that `#` meets even the end of the other.
    if (x === '#' || y === '#') return true;
    if (x === undefined || y === undefined) return x === y;
    if (x !== y && x !== '+' && y !== '+') return false;
  }
}

/** The narrowest filter that covers both. */
function join(a: string, b: string): string {
  const [x, y] = [a.split('/'), b.split('/')];
  const levels: string[] = [];
  for (let level = 0; level < Math.max(x.length, y.length); level++) {
    const [p, q] = [x[level], y[level]];
    if (p === undefined || q === undefined || p === '#' || q === '#') return [...levels, '#'].join('/');
    levels.push(p === q ? p : '+');
  }
  return levels.join('/');
}
