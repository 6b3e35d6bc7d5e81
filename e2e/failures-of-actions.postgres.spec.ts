import { testActions } from './failures';

testActions();
