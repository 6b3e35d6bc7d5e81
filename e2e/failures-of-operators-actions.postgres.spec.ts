import { testActions } from './failures';

testActions('operators');
