// The protocol's own JSON Schema, as published, and which part of it a frame has to satisfy.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

// The file is published but not exported: it lies beside the package's dist folder.
const published = new URL('../protocol.schema.json', import.meta.resolve('@openclaw/gateway-protocol'));
const schema = JSON.parse(readFileSync(published, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
const compiled = new Map();

/** The definition of a method's parameters or result, or of an event's payload: most are named after it. */
const named = (name, ending) => {
  const words = `${name.split(/[.-]/).map((word) => word[0].toUpperCase() + word.slice(1)).join('')}${ending}`;
  return schema.definitions[words] ? words : undefined;
};
const resultOf = (method) => (method === 'connect' ? 'HelloOk' : method && named(method, 'Result'));

/** What is wrong with a value by one definition of the schema; empty when nothing is. */
export function faultsOf(definition, value) {
  if (!compiled.has(definition)) {
    if (!schema.definitions[definition]) {
      throw new Error(`the published schema has no ${definition}`);
    }

    compiled.set(definition, ajv.compile(schema.definitions[definition]));
  }

  const validate = compiled.get(definition);
  return validate(value) ? [] : validate.errors.map((error) => `${definition}${error.instancePath}: ${inWords(error)}`);
}

/** What is wrong with a frame of the gateway: by the schema of its kind, and by that of its payload where there is one. */
export function gatewayFrameFaults(frame, requestedMethod) {
  const faults = frame.type === 'event' ? faultsOf('EventFrame', frame) : faultsOf('ResponseFrame', frame);
  return faults.concat(payloadFaults(frame, requestedMethod));
}

/** The same for a request, so that what a suite sends is what real clients may send. */
export function requestFaults(frame) {
  const definition = named(frame.method, 'Params');
  const { includeDetails, ...params } = frame.params ?? {}; // the newest command line asks for them in models.list; the schema is a little older
  return faultsOf('RequestFrame', frame).concat(definition ? faultsOf(definition, frame.method === 'models.list' ? params : frame.params ?? {}) : []);
}

function inWords(error) {
  return `${error.message} ${JSON.stringify(error.params)}`;
}

function payloadFaults(frame, requestedMethod) {
  if (frame.type === 'event') {
    const definition = named(frame.event, 'Event');
    return definition ? faultsOf(definition, publishedPart(frame)) : [];
  }

  if (frame.ok) {
    const definition = resultOf(requestedMethod);
    const faults = definition ? faultsOf(definition, publishedPart(frame, definition)) : [];
    return definition === 'HelloOk' ? faults.concat(methodFaults(frame.payload)) : faults;
  }

  return faultsOf('ErrorShape', frame.error);
}

/** How a client can have been admitted; OpenClaw's gateway says it, and the published schema leaves it out. */
const authMethods = ['none', 'token', 'password', 'tailscale', 'device-token', 'bootstrap-token', 'trusted-proxy'];

function methodFaults(hello) {
  const method = hello.auth?.method;
  return method === undefined || authMethods.includes(method) ? [] : [`HelloOk/auth/method: ${JSON.stringify(method)} is none of the protocol's`];
}

/**
 * What the published schema knows of a payload. OpenClaw's gateway sends a few fields that it leaves out, and so does Chela: three with agent
 * events, one with each row of the presence, one with the channels, and how the client was admitted, which is looked at by itself.
 */
function publishedPart({ event, payload }, definition) {
  if (event === 'agent') {
    const { sessionKey, sessionId, agentId, ...published } = payload;
    return published;
  }

  if (definition === 'ChannelsStatusResult') {
    const { statusIssues, ...published } = payload;
    return published;
  }

  return payload?.type === 'hello-ok' ? publishedHello(payload) : payload;
}

function publishedHello({ auth: { method, ...auth }, snapshot, ...hello }) {
  return { ...hello, auth, snapshot: { ...snapshot, presence: snapshot.presence.map(({ clientId, ...row }) => row) } };
}
