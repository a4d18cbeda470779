import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runLabels } from '../../../src/report/prometheus/run-labels.ts';

describe('runLabels', () => {
  it('are run, scenario and the run’s own', () => {
    expect(runLabels('r1', 'Meters', { team: 'ingest', instance: 'a' })).toEqual({
      run: 'r1',
      scenario: 'Meters',
      team: 'ingest',
      instance: 'a',
    });
  });

  it('keep clear of what series are called by, and of what is Prometheus’ own', () => {
    expect(
      runLabels('r1', 's', { run: 'x', le: '1', fleet: 'f', __name__: 'n', label_run: 'y', scenario: 'z' }),
    ).toEqual({
      run: 'r1',
      scenario: 's',
      label_run: 'y',
      label_label_run: 'x',
      label_le: '1',
      label_fleet: 'f',
      label___name__: 'n',
      label_scenario: 'z',
    });
  });

  it('lose none and mix up none, whatever they are called', () => {
    const name = fc.constantFrom(
      'run',
      'label_run',
      'label_label_run',
      'scenario',
      '__a',
      'label___a',
      'le',
      'a',
      'outcome',
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ minLength: 1 })), (own) => {
        const labels = runLabels('R', 'S', own);
        expect([labels['run'], labels['scenario']]).toEqual(['R', 'S']);
        expect(Object.keys(labels)).toHaveLength(2 + Object.keys(own).length);
        expect(Object.values(labels).slice(2).sort()).toEqual(Object.values(own).sort());
        for (const label of Object.keys(labels)) expect(label).not.toMatch(/^(__|le$|outcome$)/);
      }),
    );
  });
});
