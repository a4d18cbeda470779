import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readEvidence } from '../../src/report/evidence.ts';
import { hlog, wholeOf } from '../../src/report/hlog.ts';
import { exampleRun } from '../report/example-run.ts';
import { stored } from '../report/hostile.ts';
import { kafkaJars } from './kafka-jars/kafka-jars.ts';

/** Adds up the histograms of a log by their tags, with the library that the format comes from. */
const READER = `
import java.io.File;
import java.util.*;
import org.HdrHistogram.*;
public class Reader {
  public static void main(String[] args) throws Exception {
    HistogramLogReader reader = new HistogramLogReader(new File(args[0]));
    Map<String, Histogram> sums = new TreeMap<>();
    while (reader.hasNext()) {
      EncodableHistogram one = reader.nextIntervalHistogram();
      if (one == null) continue;
      Histogram histogram = (Histogram) one;
      sums.computeIfAbsent(one.getTag(), tag -> new Histogram(3600000000L, 3)).add(histogram);
    }
    for (Map.Entry<String, Histogram> entry : sums.entrySet()) {
      Histogram sum = entry.getValue();
      System.out.println(entry.getKey() + " " + sum.getTotalCount() + " " + sum.getValueAtPercentile(50) + " "
        + sum.getValueAtPercentile(99) + " " + sum.getValueAtPercentile(99.9));
    }
  }
}
`;

it('latency.hlog has the same counts and percentiles for Java’s HdrHistogram', async () => {
  const jars = await kafkaJars();
  const jar = readdirSync(jars).find((name) => /^HdrHistogram-.*\.jar$/.test(name));
  expect(jar).toBeDefined();
  const run = await exampleRun(120);
  try {
    const evidence = await readEvidence(run.dir);
    const [log, reader] = [join(run.dir, 'latency.hlog'), join(run.dir, 'Reader.java')];
    writeFileSync(log, [...hlog.render(stored('clean'), evidence)].join(''));
    writeFileSync(reader, READER);
    const { stdout } = await promisify(execFile)('java', ['-cp', join(jars, jar as string), reader, log]);
    const intervals = ['clientWait', 'endToEnd', 'responseTime', 'scheduleLag', 'serviceTime'] as const;
    const ours = intervals.map((interval) => {
      const whole = wholeOf(evidence, interval);
      return [interval, whole.count, ...[0.5, 0.99, 0.999].map((q) => whole.quantile(q))];
    });
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map((word, i) => (i === 0 ? word : Number(word))));
    expect(theirs.map(([name, count]) => [name, count])).toEqual(ours.map(([name, count]) => [name, count]));
    // Its values are the upper edges of cells, as ours are, but for the greatest, which we know exactly.
    for (const [i, row] of theirs.entries())
      for (const [j, value] of row.entries())
        if (j >= 2) expect(Math.abs((value as number) / (ours[i]?.[j] as number) - 1)).toBeLessThan(0.001);
  } finally {
    run.remove();
  }
});
