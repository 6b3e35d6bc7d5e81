// Decodes the part of OTLP that the portal sends (opentelemetry-proto, trace/v1 and metrics/v1), from the definitions alone.

type Field = { number: number; bytes?: Buffer; value?: bigint };

/** Reads the fields of a message (protobuf.dev, "Encoding"). @throws RangeError for what is no message. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    const type = tag & 7;
    if (type === 0) yield { number, value: varint() };
    else if (type === 1) {
      yield { number, bytes: message.subarray(at, at + 8), value: message.readBigUInt64LE(at) };
      at += 8;
    } else if (type === 2) {
      const length = Number(varint());
      if (at + length > message.length) throw new RangeError('a field is longer than its message');
      yield { number, bytes: message.subarray(at, at + length) };
      at += length;
    } else if (type === 5) {
      yield { number, value: BigInt(message.readUInt32LE(at)) };
      at += 4;
    } else throw new RangeError(`unknown wire type ${type}`);
  }
}

const all = (message: Buffer | undefined, number: number) =>
  message ? [...fieldsOf(message)].filter((field) => field.number === number) : [];
const messages = (message: Buffer | undefined, number: number) =>
  all(message, number).flatMap(({ bytes }) => (bytes ? [bytes] : []));
const first = (message: Buffer | undefined, number: number) => messages(message, number)[0];
const text = (message: Buffer | undefined, number: number) => first(message, number)?.toString() ?? '';
const hex = (message: Buffer, number: number) => first(message, number)?.toString('hex') ?? '';
const integer = (message: Buffer, number: number) => Number(all(message, number)[0]?.value ?? 0n);

export type Value = string | number | boolean;

function attributesOf(message: Buffer | undefined, number: number): Record<string, Value> {
  return Object.fromEntries(messages(message, number).map((pair) => [text(pair, 1), anyValue(first(pair, 2))]));
}

/** Reads an `AnyValue`; lists are joined. */
function anyValue(value: Buffer | undefined): Value {
  for (const field of value ? fieldsOf(value) : []) {
    if (field.number === 1) return field.bytes?.toString() ?? '';
    if (field.number === 2) return field.value === 1n;
    if (field.number === 3) return Number(BigInt.asIntN(64, field.value ?? 0n));
    if (field.number === 4) return field.bytes?.readDoubleLE(0) ?? 0;
    if (field.number === 5) return messages(field.bytes, 1).map(anyValue).join();
  }
  return '';
}

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentId: string;
  scope: string;
  name: string;
  /** 1 internal, 2 server, 3 client. */
  kind: number;
  startMs: number;
  endMs: number;
  attributes: Record<string, Value>;
  events: number;
  /** 2 is an error. */
  status: number;
  message: string;
  resource: Record<string, Value>;
}

export function readSpans(body: Buffer): ReceivedSpan[] {
  return messages(body, 1).flatMap((group) => {
    const resource = attributesOf(first(group, 1), 1);
    return messages(group, 2).flatMap((scoped) => {
      const scope = text(first(scoped, 1), 1);
      return messages(scoped, 2).map((span) => ({
        traceId: hex(span, 1),
        spanId: hex(span, 2),
        parentId: hex(span, 4),
        scope,
        name: text(span, 5),
        kind: integer(span, 6),
        startMs: integer(span, 7) / 1e6,
        endMs: integer(span, 8) / 1e6,
        attributes: attributesOf(span, 9),
        events: messages(span, 11).length,
        status: integer(first(span, 15) ?? Buffer.alloc(0), 3),
        message: text(first(span, 15), 2),
        resource,
      }));
    });
  });
}

export interface ReceivedPoint {
  name: string;
  unit: string;
  description: string;
  attributes: Record<string, Value>;
  /** The value of a gauge or sum; the sum of a histogram. */
  value: number;
  /** How many values a histogram holds. */
  count: number;
}

/** The fields of a metric that hold points: gauge, sum, histogram. */
const DATA = [5, 7, 9];

export function readPoints(body: Buffer): ReceivedPoint[] {
  const metrics = messages(body, 1).flatMap((group) => messages(group, 2).flatMap((scoped) => messages(scoped, 2)));
  return metrics.flatMap((metric) => {
    const [name, description, unit] = [text(metric, 1), text(metric, 2), text(metric, 3)];
    return DATA.flatMap((kind) =>
      messages(first(metric, kind), 1).map((point) => ({
        ...{ name, description, unit },
        ...(kind === 9 ? histogram(point) : number(point)),
      })),
    );
  });
}

function number(point: Buffer) {
  const double = all(point, 4)[0]?.bytes?.readDoubleLE(0);
  const int = all(point, 6)[0]?.value;
  return {
    attributes: attributesOf(point, 7),
    value: double ?? Number(BigInt.asIntN(64, int ?? 0n)),
    count: 1,
  };
}

function histogram(point: Buffer) {
  const sum = all(point, 5)[0]?.bytes?.readDoubleLE(0) ?? 0;
  return { attributes: attributesOf(point, 9), value: sum, count: integer(point, 4) };
}
