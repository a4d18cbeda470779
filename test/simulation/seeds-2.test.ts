import { expectRight } from './expect-right.ts';

expectRight(501, 300);
