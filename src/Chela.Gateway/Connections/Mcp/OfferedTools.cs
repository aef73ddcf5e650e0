using System.Buffers;
using System.Text;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections.Mcp;

/// <summary>A method of the gateway that models of others may call.</summary>
/// <param name="Name">As a model calls it.</param>
/// <param name="Method">The method behind it.</param>
internal sealed record OfferedTool(string Name, RpcMethod Method)
{
    /// <summary>True when it changes nothing.</summary>
    public bool IsReadOnly => !Method.Scope.HasFlag(OperatorScopes.Write);
}

/// <summary>How a tool ended: the result as JSON, or what went wrong as a sentence.</summary>
internal sealed record ToolAnswer(string Text, bool IsError);

/// <summary>
/// What the gateway offers to models: to look at its sessions, agents and models, and to talk with its agents. Nothing that
/// changes the gateway, deletes, or answers for a person. A call passes the same gate as one over any other dialect.
/// </summary>
internal sealed class OfferedTools
{
    /// <summary>How long a tool may take. A run that takes longer goes on.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The methods behind the tools.</summary>
    public static readonly IReadOnlyList<string> MethodNames =
    [
        "agents.list", "channels.status", "chat.abort", "chat.history", "chat.send", "health", "models.list", "sessions.describe",
        "sessions.list", "sessions.search", "status", "tools.catalog",
    ];

    private readonly Dispatcher _dispatcher;
    private readonly TimeProvider _time;

    public OfferedTools(MethodRegistry methods, Dispatcher dispatcher, TimeProvider time)
    {
        (_dispatcher, _time) = (dispatcher, time);
        All = [.. MethodNames.Select(name => new OfferedTool(name.Replace('.', '_'), methods.Find(Dialect.JsonRpc, name, [])!))];
    }

    /// <summary>Every tool, in alphabetical order.</summary>
    public IReadOnlyList<OfferedTool> All { get; }

    /// <summary>Those that this caller may call.</summary>
    public IEnumerable<OfferedTool> For(Caller caller) => All.Where(tool => caller.Holds(tool.Method.Scope));

    /// <summary>The tool of that name; null when there is none.</summary>
    public OfferedTool? Find(string name) => All.FirstOrDefault(tool => tool.Name == name);

    /// <summary>Calls the method behind a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The parameters of the method.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="ct">Ends with the request.</param>
    public async Task<ToolAnswer> CallAsync(OfferedTool tool, IEnumerable<KeyValuePair<string, JsonElement>> arguments, CallContext context, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        var outcome = await _dispatcher.InvokeAsync(Dialect.JsonRpc, Written(arguments).Span, context, either.Token);
        return outcome.Error is { } error ? new ToolAnswer(SentenceOf(tool, error, late), IsError: true) : new ToolAnswer(TextOf(outcome.Answer!), IsError: false);
    }

    private static string SentenceOf(OfferedTool tool, RpcError error, CancellationTokenSource late) => late.IsCancellationRequested
        ? $"{tool.Name} took longer than {Limit.TotalMinutes} minutes. What it began goes on; chat_history shows an answer when there is one."
        : error.Message;

    private static ReadOnlyMemory<byte> Written(IEnumerable<KeyValuePair<string, JsonElement>> arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WireJson.Writing);
        writer.WriteStartObject();
        foreach (var (name, value) in arguments)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string TextOf(Answer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WireJson.Writing);
        answer.Write(writer);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
