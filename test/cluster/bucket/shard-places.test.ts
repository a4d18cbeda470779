import { expect, it } from 'vitest';
import { openShardPlaces } from '../../../src/cluster/bucket/shard-places.ts';

it('takes directories as they are', async () => {
  const places = await openShardPlaces(['a', '/b'], 'merge', {});
  expect(places).toMatchObject({ dirs: ['a', '/b'], refresh: null });
  places.close();
});

it('refuses an address that is none before it asks anybody', async () => {
  await expect(openShardPlaces(['a', 's3://Not A Bucket'], 'merge', {})).rejects.toMatchObject({
    code: 'bad-arguments',
    where: 'merge',
    value: 's3://Not A Bucket',
  });
});

it('says who does not listen', async () => {
  const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' };
  await expect(openShardPlaces(['s3://lake'], 'merge', env)).rejects.toMatchObject({
    code: 'target-unreachable',
    message: expect.stringContaining('cannot reach bucket lake at 127.0.0.1:9'),
    where: 'merge',
  });
});
