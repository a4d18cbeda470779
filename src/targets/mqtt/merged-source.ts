import type { Source, SourceHealth } from '../target.ts';

/** Several connections that read one stream between them, as one source: a gap of any is a gap of all. */
export function mergedSource(sources: readonly Source[]): Source {
  return {
    health() {
      return sources.map((source) => source.health()).reduce(joined);
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
