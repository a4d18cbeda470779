import { expectRight } from './expect-right.ts';

expectRight(1001, 300);
