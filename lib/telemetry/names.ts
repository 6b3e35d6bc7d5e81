// Everything that may leave the portal as telemetry, by name. lib/telemetry/sdk drops what is not listed here, and
// docs/telemetry.md is drawn from it.

/** The attributes of spans and metrics, with what they hold. None holds an id of a person, an address or a text. */
export const ATTRIBUTES = {
  'http.request.method': 'GET, POST and the like; `_OTHER` for anything else',
  'http.response.status_code': 'the status of the response',
  'http.route': 'the template of the route, such as `/operator/customers/[id]`',
  'url.template': "KunaCore's path without its query",
  'server.address': 'the host of KunaCore, the KYC service or the mail server, from the settings',
  'error.type': 'the class or code of an error, or a status; never its message',
  'db.system.name': '`postgresql`, also for the embedded database',
  'db.operation.name': 'the first word of the statement',
  'db.collection.name': 'the first table of the statement',
  'db.client.connection.pool.name': 'always `portal`',
  'db.client.connection.state': '`used` or `idle`',
  'kuna_portal.request_id': "the random id of the request, as in the log and the response's `x-request-id`",
  'kuna_portal.outcome': 'how it ended, from a closed list of the code',
  'kuna_portal.ahead': 'whether the token was issued while the page was on its way',
  'kuna_portal.step': 'which of its endpoints the identity provider was asked at',
  'kuna_portal.reason': 'a reason of docs/identity/README.md',
  'kuna_portal.error': 'timeout, unreachable, circuit-open, 4xx, 401, 5xx, malformed or refused',
  'next.span_type': "Next.js's name of the step",
  'next.route': "Next.js's template of the route",
} as const;

export type AttributeKey = keyof typeof ATTRIBUTES;
export type Attributes = Partial<Record<AttributeKey, string | number | boolean>>;

/** The spans of the portal. Those of Next.js have the name of their `next.span_type`. */
export const SPANS = {
  'HTTP request': 'a request; named by method and route. Not for static files and health checks',
  'KunaCore call': 'a call of KunaCore, until the head of its response; named by method and path',
  'SQL statement': 'a statement within a trace; named by its first word and table',
  'kuna_portal.issue_token': 'issues a widget token: revokes what is pending, checks the session before and after',
  'kuna_portal.lease': "works while holding one customer's lease, the wait for it included",
  'kuna_portal.hand_over': 'checks the token again and hands it to the frame',
  'kuna_portal.create_customer': 'creates the customer at KunaCore, or finds the one of a lost response',
  'kuna_portal.revoke': "revokes one customer's access",
  'kuna_portal.provider': 'asks the identity provider',
  'kuna_portal.kyc_source': "asks the institution's KYC service",
  'kuna_portal.send_mail': 'hands a mail to the mail server',
} as const;

interface Metric {
  kind: 'histogram' | 'counter' | 'gauge';
  unit: string;
  description: string;
  attributes: readonly AttributeKey[];
}

/** The metrics, with semantic-convention names where there are any. */
export const METRICS = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of requests, until the response is closed.',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code'],
  },
  'http.client.request.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of calls of KunaCore, until the head of the response.',
    attributes: ['http.request.method', 'url.template', 'server.address', 'http.response.status_code', 'error.type'],
  },
  'db.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of database statements.',
    attributes: ['db.system.name', 'db.operation.name', 'error.type'],
  },
  'db.client.connection.count': {
    kind: 'gauge',
    unit: '{connection}',
    description: 'Connections of the pool by state.',
    attributes: ['db.client.connection.pool.name', 'db.client.connection.state'],
  },
  'db.client.connection.pending_requests': {
    kind: 'gauge',
    unit: '{request}',
    description: 'Statements and transactions that wait for a connection.',
    attributes: ['db.client.connection.pool.name'],
  },
  'kuna_portal.widget.time_to_frame': {
    kind: 'histogram',
    unit: 's',
    description: "Time from the request for the page to the frame's redirect to the widget.",
    attributes: ['kuna_portal.ahead'],
  },
  'kuna_portal.token.issue.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of issuing a widget token, the lease included.',
    attributes: ['kuna_portal.outcome'],
  },
  'kuna_portal.revoke.latency': {
    kind: 'histogram',
    unit: 's',
    description: 'Time from the end of a session, or of an access, until KunaCore has confirmed the invalidation.',
    attributes: [],
  },
  'kuna_portal.revocations.pending': {
    kind: 'gauge',
    unit: '{revocation}',
    description: 'Revocations that KunaCore has not confirmed yet, of all instances.',
    attributes: [],
  },
  'kuna_portal.revocations.oldest_age': {
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest pending revocation; 0 without one.',
    attributes: [],
  },
  'kuna_portal.kunacore.errors': {
    kind: 'counter',
    unit: '{error}',
    description: 'Calls of KunaCore that failed after their second attempt, if they had one.',
    attributes: ['url.template', 'kuna_portal.error'],
  },
  'kuna_portal.kunacore.circuit_open': {
    kind: 'gauge',
    unit: '{circuit}',
    description: 'Open circuits of this process by endpoint. No value while all are closed.',
    attributes: ['url.template'],
  },
  'kuna_portal.provider.errors': {
    kind: 'counter',
    unit: '{error}',
    description: 'Failed sign-ins at the identity provider by reason.',
    attributes: ['kuna_portal.reason'],
  },
  'kuna_portal.sign_ins': {
    kind: 'counter',
    unit: '{sign_in}',
    description: 'Sign-ins by result: `signed-in`, or the reason for a rejection.',
    attributes: ['kuna_portal.outcome'],
  },
  'kuna_portal.outbox.pending': {
    kind: 'gauge',
    unit: '{message}',
    description: 'Messages to customers that are not sent yet, of all instances.',
    attributes: [],
  },
  'kuna_portal.outbox.oldest_age': {
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest message that is not sent yet; 0 without one.',
    attributes: [],
  },
  'kuna_portal.reconciler.round_age': {
    kind: 'gauge',
    unit: 's',
    description: "Time since this process's reconciler ended a round; since the start before the first.",
    attributes: [],
  },
  'kuna_portal.audit.unsealed': {
    kind: 'gauge',
    unit: '{event}',
    description: 'Audit events that are not in the hash chain yet, of all instances; counted up to 1,000.',
    attributes: [],
  },
} as const satisfies Record<string, Metric>;

type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;
export type GaugeName = { [K in MetricName]: Metrics[K]['kind'] extends 'gauge' ? K : never }[MetricName];
/** The metrics that code records as things happen. Gauges are read when they are exported. */
export type RecordedName = Exclude<MetricName, GaugeName>;
/** The attributes of a metric. An unknown key does not compile. */
export type AttributesOf<K extends MetricName> = Partial<
  Record<Metrics[K]['attributes'][number], string | number | boolean>
>;

/** Bounds of all histograms, in seconds: those of the semantic conventions, and longer ones for revocations. */
export const DURATION_BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 3600,
];
