import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { brokers } from '../../src/brokers/registry.ts';
import { answer, iotload, scratch, start, summaryOf } from './iotload.ts';

let space: ReturnType<typeof scratch>;
beforeEach(() => {
  space = scratch();
});
afterEach(() => space.remove());

async function embedded(protocol: 'mqtt' | 'kafka'): Promise<string> {
  const broker = await (brokers[protocol] as NonNullable<(typeof brokers)[string]>)();
  onTestFinished(() => broker.stop());
  return broker.endpoint;
}

describe('iotload broker bridge', () => {
  it('forwards what is published, says what it did, and ends on Ctrl-C', async () => {
    const [from, to] = await Promise.all([embedded('mqtt'), embedded('kafka')]);
    const log = space.path('bridge.ndjson');
    const wrong = ['--loss', '5%', '--duplicates', '5%', '--log', log];
    const playground = start(['broker', 'bridge', '--from', from, '--to', to, ...wrong]);
    await playground.said(/Ctrl-C ends it/);
    const out = space.path('out');
    const run = await iotload(['quick', from, '--duration', '1s', '--rate', '500/s', '--out', out, '-q']);
    expect(run.code).toBe(0);
    playground.interrupt();
    const { code, stdout, stderr } = await playground.finished;
    expect(code).toBe(130);
    expect(stdout).toBe(`${from} ${to.replace('kafka://', '')}\n`);
    const counts = JSON.parse(stderr.trimEnd().split('\n').at(-1) as string) as Record<string, number>;
    expect(counts).toMatchObject({ came: summaryOf(out).events.acked, open: 0 });
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength((counts['dropped'] as number) + (counts['doubled'] as number) + 1);
    expect(JSON.parse(lines.at(-1) as string)).toEqual({ kind: 'end', ...counts });
  });

  it.each([
    [['broker', 'bridge', '--port', '1'], 2, 'a bridge has no port'],
    [['broker', 'mqtt', '--loss', '1%'], 2, 'mqtt is no bridge'],
    [['broker', 'bridge', '--from', 'mqtt://broker.example.com'], 6, 'another machine'],
  ])('%j is exit %i', async (args, exit, message) => {
    const { code, stderr } = await answer(args, space.dir);
    expect(stderr).toContain(message);
    expect(code).toBe(exit);
  });

  it('says what it cannot reach', async () => {
    const { code, stderr } = await iotload(['broker', 'bridge', '--to', '127.0.0.1:1']);
    expect(stderr).toContain('Kafka at 127.0.0.1:1 cannot be used');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(4);
  });
});
