import { testActions } from './failures';

testActions('customers');
