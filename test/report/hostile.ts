import { readFileSync } from 'node:fs';
import type { RunResult } from '../../src/metrics/result.ts';
import type { Evidence } from '../../src/report/evidence.ts';

/** A stored result of `test/fixtures/finished`. */
export function stored(name: 'clean' | 'breached' | 'aborted' | 'interrupted'): RunResult {
  return JSON.parse(readFileSync(new URL(`../fixtures/finished/${name}.json`, import.meta.url), 'utf8')) as RunResult;
}

/** Texts that must never be more than text, whatever shows them. */
export const hostile: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</script><script>alert(1)</script>',
  '<!--',
  ']]>',
  '&lt;b&gt;',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u202egnp.exe',
  '=HYPERLINK("http://example.com")',
  '@SUM(1+1)',
  '::error::boom',
  '::set-output name=x::y',
  'well ::add-mask::x',
  '##[error]boom',
  '##vso[task.complete result=Failed]',
  '[link](http://example.com)',
  '`code` **bold** <b>bold</b> | cell',
  '\ud800',
  'a\nb',
];

/** A result in which these texts stand wherever a text from outside can. */
export function resultWith(text: string): RunResult {
  const result = stored('breached');
  const check = { name: 'threshold', expression: text, status: 'fail' as const, observed: text, reason: text };
  return {
    ...result,
    reasons: [text],
    run: { ...result.run, id: text, scenario: text, command: text, labels: { team: text } },
    checks: [check, { ...check, status: 'inconclusive' }, { ...check, status: 'skipped' }],
    errors: [{ code: text, message: text, count: 1, firstAt: result.run.startedAt }],
    timeline: [{ at: result.run.startedAt, kind: 'note', text }],
    fleets: result.fleets.map((fleet) => ({ ...fleet, name: text })),
    targets: [...result.targets, ...result.targets].map((target) => ({
      ...target,
      name: text,
      broker: { by: text, messages: 2, dropped: 1, files: 1, bytes: 1, final: false, doubts: [text] },
    })),
    hops: [
      {
        from: text,
        to: text,
        proof: 'counts',
        entered: 1,
        arrived: 1,
        lost: null,
        duplicates: 0,
        corrupt: 0,
        notes: [text],
      },
    ],
    generator: { ...result.generator, signals: [text] },
    verifier: { ...result.verifier, status: 'unhealthy', signals: [text] },
    environment: { ...result.environment, cpu: text },
    files: { ...result.files, csv: text },
  };
}

/** What a run's files say, with a text wherever they hold one from outside. */
export function evidenceWith(evidence: Evidence, text: string): Evidence {
  const { plan } = evidence;
  return {
    ...evidence,
    plan:
      plan === null
        ? null
        : {
            ...plan,
            name: text,
            fleets: plan.fleets.map((fleet) => ({ ...fleet, name: text, address: text })),
            targets: plan.targets.map((target) => ({ ...target, name: text })),
          },
    faults: [{ device: text, fleet: text, kinds: { lost: 1 }, total: 1 }],
  };
}
