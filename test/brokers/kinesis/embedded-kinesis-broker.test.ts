import { CreateStreamCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, it, onTestFinished } from 'vitest';
import { startKinesisBroker } from '../../../src/brokers/kinesis/embedded-kinesis-broker.ts';
import { brokers } from '../../../src/brokers/registry.ts';
import { errorOf, sdkClient } from './kinesis-world.ts';

it('the endpoint in its own process limits and harms as it was started to', async () => {
  const registered = brokers['kinesis'] as NonNullable<(typeof brokers)['kinesis']>;
  for (const { start, options, failed, harmed } of [
    { start: registered, options: {}, failed: true, harmed: false },
    { start: startKinesisBroker, options: { unlimited: true, faultSeed: 1 }, failed: false, harmed: true },
  ]) {
    const broker = await start(options);
    onTestFinished(() => broker.stop());
    const client = sdkClient(Number(new URL(broker.endpoint).port));
    await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }));
    const Records = Array.from({ length: 500 }, () => ({ PartitionKey: 'k', Data: Buffer.from('v') }));
    const put = () => client.send(new PutRecordsCommand({ StreamName: 's', Records }));
    await expect.poll(() => errorOf(put())).toBe('none');
    let failures = 0;
    for (let i = 0; i < 5; i++) failures += (await put()).FailedRecordCount ?? 0;
    expect(failures > 0).toBe(failed);
    broker.inject({ resets: 1 });
    // What is asked after the faults is answered after them.
    await broker.usage();
    expect((await errorOf(put())) !== 'none').toBe(harmed);
  }
});
