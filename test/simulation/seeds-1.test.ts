import { expectRight } from './expect-right.ts';

expectRight(1, 300);
