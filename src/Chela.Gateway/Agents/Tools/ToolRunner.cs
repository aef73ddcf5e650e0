using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Approvals;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Tools;

/// <summary>
/// Offers models the tools that they may use, and has them run: within their time, with a result within its bounds. Whatever fails is told to the
/// model as the result, so that it can do something else.
/// </summary>
internal sealed partial class ToolRunner(
    ToolCatalog catalog, ApprovalTable approvals, ConfigStore config, IAuditTrail audit, TimeProvider time, ILogger<ToolRunner> logger)
{
    /// <summary>How long a tool may take to stop once its time is over; then it is left behind.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, object?> Nothing = [];

    /// <summary>What a model is offered now.</summary>
    /// <param name="agentId">The agent.</param>
    /// <param name="channel">The channel that the message came from; null for clients.</param>
    public IReadOnlyList<AITool> Offer(string agentId, string? channel)
    {
        var now = config.Current.Config;
        return
        [
            .. catalog.Now()
                .Where(tool => ToolPolicy.Of(tool.Value.Description, now, agentId, channel) != ToolPermission.Deny)
                .OrderBy(tool => tool.Key, StringComparer.Ordinal)
                .Select(tool => AIFunctionFactory.CreateDeclaration(tool.Key, tool.Value.Description.Summary, tool.Value.Description.Parameters)),
        ];
    }

    /// <summary>True when calls of this tool may run beside others.</summary>
    public bool IsReadOnly(string nameForModel) => catalog.Now().GetValueOrDefault(nameForModel) is not { Description.HasSideEffects: true };

    /// <summary>True when somebody may have to decide on a call of this tool.</summary>
    public bool WaitsForPeople(string nameForModel, string agentId, string? channel) =>
        catalog.Now().TryGetValue(nameForModel, out var tool)
        && ToolPolicy.Of(tool.Description, config.Current.Config, agentId, channel) == ToolPermission.Ask;

    /// <summary>Runs one call, once it is approved where that is needed. Throws only when the run is over.</summary>
    /// <param name="call">The call.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="replyTo">Where people are asked besides; null for nowhere.</param>
    /// <param name="ct">Ends with the run.</param>
    public async Task<ToolResult> RunAsync(FunctionCallContent call, ToolContext context, ReplyTarget? replyTo, CancellationToken ct)
    {
        if (Traces.Begin("execute_tool") is not { } span)
        {
            return await RecordAsync(call, context, replyTo, ct);
        }

        using (span)
        {
            span.DisplayName = $"execute_tool {Shown(call.Name)}";
            span.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", Shown(call.Name));
            var result = await RecordAsync(call, context, replyTo, ct);
            Traces.End(span, result.IsError ? "tool" : null);
            return result;
        }
    }

    /// <summary>Runs a call with its begin and its end in the audit.</summary>
    private async Task<ToolResult> RecordAsync(FunctionCallContent call, ToolContext context, ReplyTarget? replyTo, CancellationToken ct)
    {
        var facts = new Dictionary<string, string> { [AuditActions.Tool] = Shown(call.Name), [AuditActions.Call] = Shown(call.CallId) };
        audit.Note(new AuditEntry(AuditActions.ToolStarted) { Outcome = AuditEntry.Started, Facts = facts });
        var outcome = AuditEntry.Cancelled;
        try
        {
            var result = await TryAsync(call, context, replyTo, ct);
            outcome = result.IsError ? AuditEntry.Failed : AuditEntry.Done;
            return result;
        }
        finally
        {
            audit.Note(new AuditEntry(AuditActions.ToolFinished) { Outcome = outcome, Facts = facts });
        }
    }

    private async Task<ToolResult> TryAsync(FunctionCallContent call, ToolContext context, ReplyTarget? replyTo, CancellationToken ct)
    {
        if (!catalog.Now().TryGetValue(call.Name, out var tool))
        {
            return ToolResult.Failed($"There is no tool {Shown(call.Name)}.");
        }

        if (PermissionOf(tool, context) == ToolPermission.Deny)
        {
            return Denied(call);
        }

        if (call.Exception is not null)
        {
            return ToolResult.Failed("The arguments are no JSON object. Call the tool again with arguments that fit its parameters.");
        }

        var arguments = JsonSerializer.SerializeToElement(Values(call.Arguments ?? Nothing), Providers.ToolJson.Default.DictionaryStringJsonElement);
        if (PermissionOf(tool, context) == ToolPermission.Ask)
        {
            if (await approvals.AskAsync(tool.Description, arguments.GetRawText(), context, replyTo, ct) is { } refusal)
            {
                return ToolResult.Failed(refusal);
            }

            if (PermissionOf(tool, context) == ToolPermission.Deny)
            {
                return Denied(call); // it was switched off meanwhile
            }
        }

        return Cut(await RunWithinAsync(tool, arguments, context, ct), tool.Description.OutputLimit);
    }

    private ToolPermission PermissionOf(ITool tool, ToolContext context) =>
        ToolPolicy.Of(tool.Description, config.Current.Config, context.AgentId, context.Channel);

    private static ToolResult Denied(FunctionCallContent call) => ToolResult.Failed($"The tool {call.Name} may not be used here.");

    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a tool: whatever it throws becomes its result.")]
    private async Task<ToolResult> RunWithinAsync(ITool tool, JsonElement arguments, ToolContext context, CancellationToken ct)
    {
        var allowed = tool.Description.TimeLimit;
        using var limit = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var tooLate = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var told = either.Token.UnsafeRegister(_ => tooLate.CancelAfter(Grace), null);
        try
        {
            return await Task.Run(() => tool.RunAsync(arguments, context, either.Token), either.Token).WaitAsync(tooLate.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return ToolResult.Failed(string.Create(CultureInfo.InvariantCulture, $"The tool did not finish within {allowed.TotalSeconds:0.###} s."));
        }
        catch (Exception e)
        {
            Log.Failed(logger, tool.Description.Name, context.RunId, context.SessionKey, e);
            return ToolResult.Failed("The tool failed; the gateway's log says why.");
        }
    }

    /// <summary>The result within a bound: the begin and the end, where most is to be learned.</summary>
    internal static ToolResult Cut(ToolResult result, int limit)
    {
        if (result.Text.Length <= limit)
        {
            return result;
        }

        var half = limit / 2;
        var (head, tail) = (half, result.Text.Length - half);
        head -= char.IsHighSurrogate(result.Text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(result.Text[tail]) ? 1 : 0;
        var left = string.Create(CultureInfo.InvariantCulture, $"\n[… {tail - head} characters left out …]\n");
        return result with { Text = string.Concat(result.Text.AsSpan(0, head), left, result.Text.AsSpan(tail)) };
    }

    private static Dictionary<string, JsonElement> Values(IDictionary<string, object?> arguments) => arguments.ToDictionary(
        pair => pair.Key,
        pair => pair.Value is JsonElement value ? value : JsonSerializer.SerializeToElement(pair.Value?.ToString(), Providers.ToolJson.Default.String),
        StringComparer.Ordinal);

    private static string Shown(string name) => Schema.JsonText.Show(name);

    private static partial class Log
    {
        [LoggerMessage(1430, LogLevel.Warning, "Tool {Tool} failed in run {Run} of session {Session}")]
        public static partial void Failed(ILogger logger, string tool, string run, string session, Exception e);
    }
}
