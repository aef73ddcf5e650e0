using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Tests.Agents.Tools;

/// <summary>A tool that does what a test says, and remembers what it was called with.</summary>
internal sealed class ProbeTool(string name, Func<JsonElement, CancellationToken, Task<ToolResult>> does) : ITool
{
    private readonly ConcurrentQueue<(string Arguments, ToolContext Context)> _calls = new();

    public ProbeTool(string name, string result)
        : this(name, (_, _) => Task.FromResult(new ToolResult(result)))
    {
    }

    public ToolDescription Description { get; init; } = new(name, "Does what it is told.", JsonElement.Parse("""{"type":"object"}"""))
    {
        HasSideEffects = false,
    };

    public IReadOnlyList<(string Arguments, ToolContext Context)> Calls => [.. _calls];

    public Task<ToolResult> RunAsync(JsonElement arguments, ToolContext context, CancellationToken ct)
    {
        _calls.Enqueue((arguments.GetRawText(), context));
        return does(arguments, ct);
    }
}
