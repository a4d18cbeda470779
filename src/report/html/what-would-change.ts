import type { RunResult } from '../../metrics/result.ts';

/** What would have to be different for another verdict, in a sentence. */
export function whatWouldChange({ verdict, checks, generator, verifier, delivery }: RunResult): string {
  const failed = checks.filter(({ status }) => status === 'fail').map(({ expression }) => expression);
  switch (verdict) {
    case 'pass': {
      const held = checks.filter(({ status, name }) => status === 'pass' && name !== 'delivery').length;
      const proof = delivery.identity === 'not checked' ? [] : ['with an acknowledged event that never arrived'];
      const limits =
        held === 0
          ? []
          : [held === 1 ? 'if its threshold did not hold' : `if one of its ${held} thresholds did not hold`];
      return proof.length + limits.length === 0
        ? 'Nothing was asked of it.'
        : `It would fail ${[...proof, ...limits].join(', or ')}.`;
    }
    case 'fail':
      return failed.length === 0
        ? 'It passes when what is named here does not happen.'
        : `It passes when ${failed.length === 1 ? 'this holds' : 'these hold'}: ${failed.join('; ')}.`;
    case 'inconclusive': {
      const sick = [generator, verifier].flatMap(({ status, signals }) => (status === 'unhealthy' ? signals : []));
      const open = checks.filter(({ status }) => status === 'inconclusive').map(({ reason }) => reason);
      return `It can be judged when this is mended: ${[...new Set([...open, ...sick])].join('; ') || 'what is named here'}.`;
    }
    case 'error':
      return 'Something is wrong with iotload itself: please report it with the files of this run.';
  }
}
