import { expectRight } from './expect-right.ts';

expectRight(1501, 300);
