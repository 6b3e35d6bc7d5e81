import 'server-only';
import { type Environment, isLoopback, type Report, toUrl } from './environment';

/** Refuses settings of OpenTelemetry that would export nothing, or to where it does not belong. */
export function checkTelemetry(env: Partial<Environment>, report: Report): void {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  for (const name of ['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER'] as const)
    if (env[name] === 'otlp' && !endpoint) report(name, 'is otlp, and OTEL_EXPORTER_OTLP_ENDPOINT is missing');
  if (endpoint && !staysInside(endpoint))
    report(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'must be https: plain http is accepted for this machine, a private address and a name of your own network only',
    );
  const portal = toUrl(env.NEXTAUTH_URL);
  if (env.OTEL_METRICS_EXPORTER === 'prometheus' && Number(portal?.port) === env.OTEL_EXPORTER_PROMETHEUS_PORT)
    report('OTEL_EXPORTER_PROMETHEUS_PORT', "must not be the portal's own port: metrics are not for the public");
}

/** 10/8, 172.16/12, 192.168/16, link-local, and the unique local addresses of IPv6. */
const PRIVATE_ADDRESS = /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|169\.254\.|\[f[cd])/;
/** A name without a dot, a service of Kubernetes, or a zone that no public name has (RFC 6762, ICANN's `.internal`). */
const PRIVATE_NAME = /^[a-z\d-]+$|\.(svc|cluster\.local|internal|local|localhost)$/;

/**
 * Returns whether telemetry that is sent there stays protected: it holds no personal data, but tells an eavesdropper how
 * the institution's systems are. Collectors in a cluster speak plain http.
 */
function staysInside(address: string): boolean {
  const url = toUrl(address);
  if (!url || url.protocol === 'https:') return true;
  return isLoopback(url.hostname) || PRIVATE_ADDRESS.test(url.hostname) || PRIVATE_NAME.test(url.hostname);
}
