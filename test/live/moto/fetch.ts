import { motoPackages } from './moto-server.ts';

process.stdout.write(`${await motoPackages()}\n`);
