import { kinesisApiContract } from '../contracts/kinesis-api.ts';
import { startKinesisLocal } from './kinesis-local.ts';
import { startMoto } from './moto/moto-server.ts';

kinesisApiContract('kinesis-local', {
  cannot: {
    'refuses 501 records': 'takes any number',
    'refuses a record of more than 1 MiB': 'takes it',
    'takes 1000 records a second into a shard, and refuses the rest one by one': 'has no limits of shards',
    'answers five reads a second of a shard, and refuses more': 'has no limits of shards',
  },
  start: startKinesisLocal,
});

kinesisApiContract('moto', {
  cannot: {
    'lists shards page by page': 'fails with a page of HTML',
    'routes by an explicit hash key': 'fails with a page of HTML',
    'splits a shard, which then ends': 'writes on into the shard that was split',
    'names the children at the end of a shard': 'names none',
    'encrypts, and says so': 'does not say so when it takes records',
    'takes 1000 records a second into a shard, and refuses the rest one by one': 'has no limits of shards',
    'answers five reads a second of a shard, and refuses more': 'has no limits of shards',
  },
  start: startMoto,
});
