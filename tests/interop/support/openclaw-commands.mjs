// Commands of OpenClaw's command line that both generations have: how each ends, and what of its output matters.

/** `[command, exit code, what it prints]`; `unknown method` where it needs what the gateway has not. */
export const commonCommands = [
  ['agent --session-id nightly --message hello-nightly', 0, /^hello-nightly$/m],
  ['status --deep', 0, /reachable/],
  ['status --all', 0, /reachable/],
  ['security audit', 0, /OpenClaw security audit\s+Summary:/],
  ['doctor --non-interactive', 0, /OpenClaw doctor/],
  ['channels list', 0, /Chat channels:/],
  ['channels status --probe', 0, /Gateway reachable\./],
  ['update status', 0, /OpenClaw update status/],
  ['nodes list', 0, /Pending: 0 · Paired: 0/],
  ['nodes pending', 0, /No pending pairing requests\./],
  ['nodes status', 0, /Known: 0 · Paired: 0 · Connected: 0/],
  ['sessions', 0, /No sessions found\./],
  ['system heartbeat last', 0, /^null$/m],
  ['system event --text hello', 1, /unknown method: wake/],
  ['approvals get --gateway', 0, /Approvals/],
  ['browser status', 1, /unknown method: browser\.request/],
  ['cron list', 1, /unknown method: cron\.list/],
  ['cron status', 1, /unknown method: cron\.status/],
  ['cron add --name often --every 1h --message hello', 1, /unknown method: cron\.add/],
  ['cron rm often', 1, /unknown method: cron\.remove/],
  ['gateway usage-cost', 0, /Usage cost \(30 days\)\nTotal: \$0\.0000/],
];

/** Makes an agent, gives it another name, and deletes it, by `gateway call`; gives what each call answered, and the agents before the last. */
export async function makeAndDeleteAgent(openclaw) {
  const call = (method, params) => openclaw.json('gateway', 'call', method, ...openclaw.target, '--json', '--params', JSON.stringify(params));
  const made = await call('agents.create', { name: 'Maid', workspace: `${openclaw.home}/maid`, emoji: '🧹' });
  const changed = await call('agents.update', { agentId: 'maid', name: 'Mary' });
  const { agents } = await call('agents.list', {});
  return { made, changed, agents, deleted: await call('agents.delete', { agentId: 'maid', deleteFiles: false }) };
}
