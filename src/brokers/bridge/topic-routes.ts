import type { BridgeRoute, RecordKey } from './bridge-plan.ts';

/** Whether a topic filter matches a topic (MQTT 3.1.1 §4.7): `+` is one level, `#` all that follow and the level above. */
export function filterMatches(filter: string, topic: string): boolean {
  const [pattern, levels] = [filter.split('/'), topic.split('/')];
  // Topics of the broker's own, of which a filter that begins with a wildcard matches none.
  if (topic.startsWith('$') && (pattern[0] === '+' || pattern[0] === '#')) return false;
  for (const [level, wanted] of pattern.entries()) {
    if (wanted === '#') return true;
    if (level >= levels.length || (wanted !== '+' && wanted !== levels[level])) return false;
  }
  return pattern.length === levels.length;
}

/** What a filter lacks to be one, or null. */
export function filterProblem(filter: string): string | null {
  const levels = filter.split('/');
  if (filter === '') return 'a topic filter is not empty';
  if (filter.includes('\0')) return 'a topic filter cannot hold a zero byte';
  for (const [level, text] of levels.entries()) {
    if (text === '#' && level < levels.length - 1) return '"#" is the last level of a topic filter';
    if (text.length > 1 && /[+#]/.test(text)) return `"${text}": a wildcard stands alone in its level`;
  }
  return null;
}

/** Whether some topic matches both filters. */
export function filtersOverlap(a: string, b: string): boolean {
  const [x, y] = [a.split('/'), b.split('/')];
  for (let level = 0; ; level++) {
    const [p, q] = [x[level], y[level]];
    // `a/#` also matches `a`, so that `#` meets even the end of the other.
    if (p === '#' || q === '#') return true;
    if (p === undefined || q === undefined) return p === q;
    if (p !== q && p !== '+' && q !== '+') return false;
  }
}

/** Whether every topic that one filter matches is matched by another one too. */
export function filterCovers(wide: string, narrow: string): boolean {
  const [x, y] = [wide.split('/'), narrow.split('/')];
  for (const [level, wanted] of x.entries()) {
    if (wanted === '#') return true;
    const given = y[level];
    if (given === undefined || given === '#' || (wanted !== '+' && wanted !== given)) return false;
  }
  return x.length === y.length;
}

/** Where messages of a topic go, remembered for the topics seen last. */
export class TopicRoutes {
  readonly #routes: readonly BridgeRoute[];
  readonly #known = new Map<string, string | null>();

  constructor(routes: readonly BridgeRoute[]) {
    this.#routes = routes;
  }

  /** Topic of Kafka; null where no filter matches. */
  topicFor(topic: string): string | null {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const found = this.#routes.find(({ filter }) => filterMatches(filter, topic))?.topic ?? null;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(topic, found);
    return found;
  }
}

const MOST_KNOWN = 100_000;

/** The client that a topic names; null where its level is missing, or nobody said which it is. */
export function clientOf(topic: string, key: RecordKey): string | null {
  return key === 'topic' ? null : (topic.split('/')[key.level - 1] ?? null);
}
