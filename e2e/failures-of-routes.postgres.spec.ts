import { testRoutes } from './failures';

testRoutes();
