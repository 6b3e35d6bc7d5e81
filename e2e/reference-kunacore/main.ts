/**
 * Runs the reference KunaCore: `tsx e2e/reference-kunacore/main.ts`, ended by SIGTERM or SIGINT.
 * REFERENCE_API_PORT, REFERENCE_WIDGET_PORT: ports on 127.0.0.1 (unset: free ones).
 * REFERENCE_SWITCHES: JSON with the answers that differ from the defaults.
 */
import { createReferenceKunaCore } from './server';
import { parseSwitches } from './switches';

const { REFERENCE_API_PORT, REFERENCE_WIDGET_PORT, REFERENCE_SWITCHES } = process.env;

const core = createReferenceKunaCore(parseSwitches(JSON.parse(REFERENCE_SWITCHES || '{}')));
const urls = await core.listen({ api: Number(REFERENCE_API_PORT || 0), widget: Number(REFERENCE_WIDGET_PORT || 0) });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => core.close());
console.log(`API ${urls.apiUrl}, widget ${urls.widgetUrl}`);
console.log('reference KunaCore ready');
