/**
 * Runs the second KunaCore: `tsx e2e/second-opinion/main.ts`, ended by SIGTERM or SIGINT.
 * SECOND_API_PORT, SECOND_WIDGET_PORT: ports on 127.0.0.1 (unset: free ones).
 * SECOND_SWITCHES: JSON with the answers that differ from the defaults.
 */
import { createSecondKunaCore } from './server';
import { parseSwitches } from './switches';

const { SECOND_API_PORT, SECOND_WIDGET_PORT, SECOND_SWITCHES } = process.env;

const core = createSecondKunaCore(parseSwitches(JSON.parse(SECOND_SWITCHES || '{}')));
const urls = await core.listen({ api: Number(SECOND_API_PORT || 0), widget: Number(SECOND_WIDGET_PORT || 0) });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => core.close());
console.log(`API ${urls.apiUrl}, widget ${urls.widgetUrl}`);
console.log('second opinion ready');
