import { kinesisTargetContract } from '../contracts/kinesis-target.ts';
import { startKinesisLocal } from './kinesis-local.ts';
import { startMoto } from './moto/moto-server.ts';

kinesisTargetContract('kinesis-local', {
  cannot: {
    'is told when a shard has no room, and sends again what was refused and nothing else': 'has no limits of shards',
  },
  // It takes the longer for a record, the more it has.
  most: 4_000,
  start: startKinesisLocal,
});

kinesisTargetContract('moto', {
  cannot: {
    'takes records as CBOR': 'answers with a page of HTML',
    'loses nothing and keeps the order when a shard is split': 'writes on into the shard that was split',
    'is told when a shard has no room, and sends again what was refused and nothing else': 'has no limits of shards',
  },
  start: startMoto,
});
