using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Tools;

/// <summary>A call of a tool with its result.</summary>
internal sealed record ToolUse(FunctionCallContent Call, ToolResult Result);

/// <summary>One step of a run: what the model said, which tools it called, what came of it. One unit: a call is nothing without its result.</summary>
/// <param name="Text">What it said before; empty for nothing.</param>
/// <param name="Uses">The calls, in the order in which the model made them.</param>
internal sealed record ToolStep(string Text, IReadOnlyList<ToolUse> Uses)
{
    /// <summary>What the model thought before; some models want it back within the run, nobody else does.</summary>
    public IReadOnlyList<AIContent> Thought { get; init; } = [];

    /// <summary>The same as a model reads it.</summary>
    public IEnumerable<ChatMessage> ToMessages()
    {
        IEnumerable<AIContent> said = Text.Length == 0 ? [] : [new TextContent(Text)];
        yield return new ChatMessage(ChatRole.Assistant, [.. Thought, .. said, .. Uses.Select(use => use.Call)]);
        yield return new ChatMessage(ChatRole.Tool, [.. Uses.Select(use => new FunctionResultContent(use.Call.CallId, TextOf(use.Result)))]);
    }

    /// <summary>A step as it was kept. Its words stand in the answer of the run.</summary>
    public static ToolStep Read(IReadOnlyList<StoredToolUse> uses) => new(
        "", [.. uses.Select(use => new ToolUse(ToolArguments.Read(use.Id, use.Name, use.Arguments), new ToolResult(use.Result) { IsError = use.IsError }))]);

    /// <summary>The same to keep.</summary>
    public IReadOnlyList<StoredToolUse> ToStored() =>
        [.. Uses.Select(use => new StoredToolUse(use.Call.CallId, use.Call.Name, ToolArguments.Write(use.Call.Arguments), use.Result.Text) { IsError = use.Result.IsError })];

    // The protocols differ in how a failure is marked; words are understood everywhere.
    private static string TextOf(ToolResult result) => result.IsError ? $"Error: {result.Text}" : result.Text;
}
