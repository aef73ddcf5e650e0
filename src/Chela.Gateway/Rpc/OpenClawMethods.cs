using System.Collections.Frozen;
using Chela.Contracts.Access;

namespace Chela.Gateway.Rpc;

/// <summary>
/// Who may call which method of the OpenClaw protocol (methods § 4), whether this gateway has it or not: a caller that may call a method that is
/// not here is told just that, and not that its role or its scopes are wrong.
/// </summary>
internal static class OpenClawMethods
{
    private static readonly FrozenSet<string> OfNodes = Names(
        """
        node.event node.invoke.progress node.invoke.result node.pending.ack node.pending.drain node.pending.pull node.pluginSurface.refresh
        node.pluginTools.update node.runnerInventory.update node.skills.update skills.bins
        """).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The methods that take less than <c>operator.admin</c>; where the scope depends on the parameters, the least.</summary>
    private static readonly FrozenDictionary<string, OperatorScopes> Scopes = new (OperatorScopes Scope, string Names)[]
    {
        (OperatorScopes.Read,
            """
            agent.identity.get agents.files.get agents.files.list agents.list agents.workspace.get agents.workspace.list artifacts.download
            artifacts.get artifacts.list assistant.media.get audit.activity.list audit.list audit.run.inspect board.data.read board.get
            board.prompt.authorize board.widget.appView canvas.document.preview canvas.document.view channels.status chat.history
            chat.message.get chat.metadata chat.startup commands.list computer.status config.get config.schema config.schema.lookup
            controlUi.githubDetail controlUi.githubPreview controlUi.linkPreview controlUi.sessionPreview controlUi.sessionPullRequests.checks
            controlUi.sessionPullRequests.subscribe cron.get cron.list cron.runs cron.status device.scopes.requestUpgrade
            device.scopes.waitUpgrade diagnostics.lanes diagnostics.stability doctor.memory.dreamDiary doctor.memory.status environments.list
            environments.session.status environments.status gateway.identity.get gateway.restart.preflight gateway.suspend.status health
            hooks.status last-heartbeat logs.tail mcp.app.listResourceTemplates mcp.app.listResources mcp.app.listTools mcp.app.readResource
            mcp.app.view memory.search mentions.dismiss mentions.list models.authStatus models.list node.describe node.list
            plugin.surface.refresh plugins.catalog.browse plugins.catalog.categories plugins.catalog.get plugins.controlUi.list
            plugins.controlUi.report plugins.inspect plugins.list plugins.search plugins.skills.read plugins.uiDescriptors portal.list
            progressCard.get projects.list projects.searchRemote push.web.preferences.get session.discussion.info session.members.list
            session.members.listEvidence session.suggestions.list sessions.branches.list sessions.catalog.list sessions.catalog.read
            sessions.companion.ask sessions.companion.state sessions.describe sessions.diff sessions.files.get sessions.files.list sessions.get
            sessions.github.options sessions.github.status sessions.groups.list sessions.list sessions.messages.subscribe
            sessions.messages.unsubscribe sessions.observer.visibility sessions.preview sessions.resolve sessions.search sessions.setInvolvement
            sessions.subscribe sessions.usage sessions.usage.logs sessions.usage.timeseries sessions.viewers.set skills.curator.status
            skills.detail skills.library.list skills.library.read skills.proposals.events.list skills.proposals.historyStatus
            skills.proposals.inspect skills.proposals.list skills.search skills.securityVerdicts skills.skillCard skills.status
            skills.workshop.read status system-presence system.info talk.catalog talk.config taskSuggestions.list tasks.get tasks.history
            tasks.list themes.get themes.list tools.catalog tools.effective tools.github.status transcripts.export transcripts.get
            transcripts.list transcripts.status tts.personas tts.providers tts.status usage.cost usage.status users.github.authorize.cancel
            users.github.authorize.poll users.github.authorize.start users.github.disconnect users.github.status users.list users.listAuthLinks
            users.listModelAccounts users.mentionable users.prefs.get users.self voicewake.get voicewake.routing.get webSearch.status
            worktrees.list
            """),
        (OperatorScopes.Write,
            """
            agent agent.wait board.action board.event board.update board.widget.put chat.abort chat.send chat.toolTitles computer.invoke
            doctor.memory.backfillDreamDiary doctor.memory.dedupeDreamDiary doctor.memory.repairDreamingArtifacts doctor.memory.resetDreamDiary
            doctor.memory.resetGroundedShortTerm fs.listDir mcp.app.callTool mcp.app.updateModelContext message.action node.invoke
            node.pending.enqueue poll portal.close portal.open progressCard.put progressCard.refresh projects.add push.test
            push.web.preferences.set push.web.subscribe push.web.test push.web.unsubscribe push.web.vapidPublicKey send session.discussion.open
            session.members.add session.members.remove session.publicShare.set session.suggestions.add session.suggestions.resolve
            session.typing session.visibility.set sessions.abort sessions.activitySummary.ensure sessions.assignOwner sessions.catalog.archive
            sessions.catalog.continue sessions.companion.reset sessions.create sessions.fork sessions.github.confirm sessions.goal.clear
            sessions.goal.update sessions.groups.defaults sessions.groups.delete sessions.groups.put sessions.groups.rename
            sessions.groups.update sessions.move sessions.patch sessions.patchMany sessions.providerReview.continue sessions.reclaim
            sessions.recover sessions.send sessions.steer sessions.title.prepare skills.library.activate skills.library.import
            skills.library.mutate skills.library.save skills.library.upload taskSuggestions.create taskSuggestions.dismiss tasks.cancel
            tasks.dismiss tasks.retry themes.import themes.set tools.invoke transcripts.summarize tts.convert tts.disable tts.enable
            tts.setPersona tts.setProvider tts.speak ui.command users.authConnect.answer users.authConnect.cancel users.authConnect.catalog
            users.authConnect.start users.authConnect.status users.prefs.set users.selectModelAccount users.setAvatar users.setDisplayName
            users.unlinkAuthProfile voicewake.set wake worktrees.branches worktrees.create
            """),
        (OperatorScopes.Approvals,
            """
            approval.get approval.history approval.resolve board.widget.grant exec.approval.get exec.approval.grants.list
            exec.approval.grants.revoke exec.approval.list exec.approval.request exec.approval.resolve exec.approval.waitDecision
            openclaw.approval.list plugin.approval.list plugin.approval.request plugin.approval.resolve plugin.approval.waitDecision
            """),
        (OperatorScopes.Pairing,
            """
            channels.pairing.approve channels.pairing.dismiss channels.pairing.list device.pair.approve device.pair.list device.pair.reject
            device.pair.remove device.pair.rename device.token.revoke device.token.rotate node.pair.approve node.pair.list node.pair.reject
            node.pair.remove node.rename
            """),
        (OperatorScopes.Questions,
            """
            question.get question.list question.request question.resolve question.waitAnswer
            """),
        (OperatorScopes.Talk,
            """
            talk.client.close talk.client.create talk.client.steer talk.client.toolCall talk.client.transcript talk.mode
            talk.session.acknowledgeMark talk.session.appendAudio talk.session.cancelOutput talk.session.close talk.session.create
            talk.session.steer talk.session.submitToolResult talk.speak talk.voice.complete talk.voice.get talk.voice.set
            """),
        (OperatorScopes.SessionsWrite,
            """
            sessions.github.publish
            """),
    }.SelectMany(row => Names(row.Names), (row, name) => KeyValuePair.Create(name, row.Scope)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The role that may call the method of this name.</summary>
    public static CallerRole RoleFor(string method) => OfNodes.Contains(method) ? CallerRole.Node : CallerRole.Operator;

    /// <summary>The scope that it takes; a name that nobody classified is for administrators.</summary>
    public static OperatorScopes ScopeFor(string method) => Scopes.GetValueOrDefault(method, OperatorScopes.Admin);

    private static string[] Names(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
