// The protocol's own JSON Schema, as published, and which part of it a frame has to satisfy.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

// The file is published but not exported: it lies beside the package's dist folder.
const published = new URL('../protocol.schema.json', import.meta.resolve('@openclaw/gateway-protocol'));
const schema = JSON.parse(readFileSync(published, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
const compiled = new Map();

const eventPayloads = { agent: 'AgentEvent', chat: 'ChatEvent', shutdown: 'ShutdownEvent', tick: 'TickEvent' };

const results = { connect: 'HelloOk', 'models.list': 'ModelsListResult', 'sessions.delete': 'SessionsDeleteResult' };

const parameters = {
  'chat.abort': 'ChatAbortParams',
  'chat.history': 'ChatHistoryParams',
  'chat.send': 'ChatSendParams',
  connect: 'ConnectParams',
  'models.list': 'ModelsListParams',
  'sessions.delete': 'SessionsDeleteParams',
  'sessions.list': 'SessionsListParams',
};

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
  const definition = parameters[frame.method];
  return faultsOf('RequestFrame', frame).concat(definition ? faultsOf(definition, frame.params) : []);
}

function inWords(error) {
  return `${error.message} ${JSON.stringify(error.params)}`;
}

function payloadFaults(frame, requestedMethod) {
  if (frame.type === 'event') {
    return eventPayloads[frame.event] ? faultsOf(eventPayloads[frame.event], publishedPart(frame)) : [];
  }

  if (frame.ok) {
    return results[requestedMethod] ? faultsOf(results[requestedMethod], frame.payload) : [];
  }

  return faultsOf('ErrorShape', frame.error);
}

/** OpenClaw's gateway sends two fields with agent events that its published schema leaves out; so does Chela. */
function publishedPart(frame) {
  if (frame.event !== 'agent') {
    return frame.payload;
  }

  const { sessionKey, agentId, ...published } = frame.payload;
  return published;
}
