import type { CountedAt, Source, SourceHealth } from '../target.ts';

/** Several connections that read one stream between them, as one source: a gap of any is a gap of all. */
export function mergedSource(sources: readonly Source[]): Source {
  return {
    health() {
      return sources.map((source) => source.health()).reduce(joined);
    },
    // One broker tells all of them the same, the last who heard of it the newest.
    counted() {
      const told = sources.flatMap((source) => source.counted?.() ?? []);
      return told.reduce<CountedAt | null>((last, one) => (last === null || one.atUs > last.atUs ? one : last), null);
    },
    async readToEnd(timeoutMs) {
      const ends = await Promise.all(sources.map((source) => source.readToEnd(timeoutMs)));
      return { complete: ends.every(({ complete }) => complete) };
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/** What a broker says it has dropped is one figure, however many ask for it. */
function joined(a: SourceHealth, b: SourceHealth): SourceHealth {
  return {
    gaps: a.gaps + b.gaps,
    fullReads: a.fullReads + b.fullReads,
    brokerDropped:
      a.brokerDropped === null || b.brokerDropped === null
        ? (a.brokerDropped ?? b.brokerDropped)
        : Math.max(a.brokerDropped, b.brokerDropped),
  };
}
