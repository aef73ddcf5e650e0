using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Agents.Spawning;

/// <summary>The tools by which a model looks after its sub-agents, and those that they spawned: no other session is touched.</summary>
internal sealed class SubagentTools
{
    private const string SteerKind = "session.steer";

    /// <summary>The most rows of a list.</summary>
    private const int MostRows = 50;

    private readonly SpawnTree _tree;
    private readonly Lanes _lanes;
    private readonly ChatIntake _intake;
    private readonly RunStops _stops;
    private readonly TimeProvider _time;

    public SubagentTools(SpawnTree tree, Lanes lanes, ChatIntake intake, RunStops stops, TimeProvider time)
    {
        (_tree, _lanes, _intake, _stops, _time) = (tree, lanes, intake, stops, time);
        var json = SpawnJson.Default;
        Children = new Tool<SessionChildrenArguments>("session.children", "Lists your sub-agents, and how far they are.", json.SessionChildrenArguments, ListAsync)
        {
            HasSideEffects = false,
            Risk = ToolRisk.Low,
        };
        Steer = new Tool<SessionSteerArguments>(
            SteerKind, "Tells a sub-agent something while it works, for example what has changed.", json.SessionSteerArguments, SteerAsync);
        Stop = new Tool<SessionStopArguments>("session.stop", "Stops a sub-agent, and those that it spawned.", json.SessionStopArguments, StopAsync);
    }

    /// <summary>What lists them.</summary>
    public ITool Children { get; }

    /// <summary>What tells them something.</summary>
    public ITool Steer { get; }

    /// <summary>What stops them.</summary>
    public ITool Stop { get; }

    private Task<ToolResult> ListAsync(SessionChildrenArguments arguments, ToolContext context, CancellationToken ct)
    {
        var all = Below(context);
        var rows = all.OrderByDescending(entry => entry.CreatedAtMs).Take(MostRows).Select(Row).ToList();
        return Task.FromResult(new ToolResult(
            rows.Count == 0 ? "You have no sub-agents."
            : string.Join('\n', rows) + (all.Count > rows.Count ? $"\n(and {all.Count - rows.Count} older ones)" : "")));
    }

    private async Task<ToolResult> SteerAsync(SessionSteerArguments arguments, ToolContext context, CancellationToken ct)
    {
        var child = Find(arguments.Session, context);
        var turn = LiveTurn(child) ?? throw new ToolRefusal("It has ended. Spawn another one.");
        var id = SendLimits.IdOf(SteerKind, context, child.Value, arguments.Text);
        var text = $"[From the session that spawned you]\n{arguments.Text}";
        var message = new InboundMessage(
            id, child, text, context.Channel ?? ChatIntake.OfClients, SessionSender.Of(context.SessionKey), _time.GetUtcNow().ToUnixTimeMilliseconds());
        try
        {
            var taken = await _intake.AcceptAsync(message, wishes: turn.Wishes, queueMode: "steer");
            taken.Begin?.Invoke();
            return new ToolResult(taken.Acceptance == Acceptance.New ? "It will hear that before its next step." : "It was told that before.");
        }
        catch (RpcException refused)
        {
            throw new ToolRefusal($"It was not told: {refused.Message}.");
        }
    }

    private async Task<ToolResult> StopAsync(SessionStopArguments arguments, ToolContext context, CancellationToken ct)
    {
        var stopped = await _stops.StopAsync(Find(arguments.Session, context), runId: null, ct);
        return new ToolResult(stopped.Count switch
        {
            0 => "It had ended already.",
            1 => "It is stopped.",
            _ => $"It is stopped, with what it had spawned: {stopped.Count} runs.",
        });
    }

    private IReadOnlyList<SessionEntry> Below(ToolContext context) =>
        SessionKey.TryParse(context.SessionKey, out var own, out _) ? _tree.Below(own) : [];

    private SessionKey Find(string session, ToolContext context) =>
        Below(context).FirstOrDefault(entry => entry.Key == session)?.SessionKey
        ?? throw new ToolRefusal("It is none of your sub-agents. session_children lists them.");

    private Turn? LiveTurn(SessionKey session) => _lanes.Of(session).FirstOrDefault(turn => !turn.Completion.IsCompleted);

    private string Row(SessionEntry entry)
    {
        var state = LiveTurn(entry.SessionKey) is { } turn ? (turn.HasBegun ? "running" : "waiting") : entry.Status switch
        {
            "done" => "done",
            "killed" => "stopped",
            _ => "failed",
        };
        var label = entry.Spawn!.Label is { } name ? $" ({name})" : "";
        return $"- {entry.Key}{label}: {state}; spawned by {entry.Spawn.By}";
    }
}
