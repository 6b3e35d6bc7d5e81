import { onTestFinished } from 'vitest';
import { type Receiver, startReceiver } from '@/e2e/otlp-receiver/receiver';
import type { Reading } from '@/lib/telemetry/sdk/metrics';
import { type OpenTelemetry, openTelemetry } from '@/lib/telemetry/sdk/open';
import type { TelemetrySettings } from '@/lib/telemetry/settings';
import { switchTelemetry } from '@/lib/telemetry/telemetry';

/** Starts a collector until the end of the test. */
export async function useReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

/** Switches telemetry on, with its own collector unless the settings name one, until the end of the test. */
export function useTelemetry(
  endpoint: string,
  settings: Partial<TelemetrySettings> = {},
  { gauges = [], onProblem = () => {} }: { gauges?: Reading[]; onProblem?: (code: string | undefined) => void } = {},
): OpenTelemetry {
  const telemetry = openTelemetry(
    {
      ...{ serviceName: 'portal-under-test', resource: {}, traces: 'otlp', metrics: 'otlp', endpoint, headers: {} },
      ...{ prometheus: { host: '127.0.0.1', port: 0 }, sampler: 'parentbased_always_on', samplerArg: 1 },
      ...{ metricIntervalMs: 60_000, spanDelayMs: 50 },
      ...settings,
    },
    async () => gauges,
    onProblem,
  );
  switchTelemetry(telemetry);
  onTestFinished(async () => {
    switchTelemetry(null);
    await telemetry.close();
  });
  return telemetry;
}
