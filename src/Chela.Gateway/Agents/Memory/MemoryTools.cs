using System.Globalization;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;

namespace Chela.Gateway.Agents.Memory;

/// <summary>The tools by which an agent remembers.</summary>
internal sealed class MemoryTools(MemoryRecall recall, TimeProvider time)
{
    /// <summary>The tool that writes.</summary>
    public const string AddName = "memory.add";

    private const int UsualHits = 6;
    private const int UsualLines = 200;

    private readonly Lock _writing = new();

    /// <summary>Finds.</summary>
    public ITool Search => new Tool<MemorySearchArguments>(
        "memory.search",
        "Finds passages of your memory (MEMORY.md and memory/*.md) by words, or by a question. Use it before you answer about earlier work, decisions, dates, people or wishes.",
        MemoryJson.Default.MemorySearchArguments,
        SearchAsync)
    {
        Risk = ToolRisk.Low,
        HasSideEffects = false,
    };

    /// <summary>Reads.</summary>
    public ITool Get { get; } = new Tool<MemoryGetArguments>(
        "memory.get", "Reads lines of a file of your memory, after memory.search has named it.", MemoryJson.Default.MemoryGetArguments, GetAsync)
    {
        Risk = ToolRisk.Low,
        HasSideEffects = false,
    };

    /// <summary>Writes.</summary>
    public ITool Add => new Tool<MemoryAddArguments>(
        AddName,
        "Writes a note into your memory, under the day of today, so that you find it in later conversations.",
        MemoryJson.Default.MemoryAddArguments,
        AddAsync);

    private async Task<ToolResult> SearchAsync(MemorySearchArguments arguments, ToolContext context, CancellationToken ct)
    {
        var found = await recall.FindAsync(context.AgentId, context.Workspace, arguments.Query, arguments.MaxResults ?? UsualHits, ct);
        var text = found.Hits.Count == 0 ? "Nothing of that is in your memory." : string.Join("\n\n", found.Hits.Select(Shown));
        return new ToolResult(found.Warning is null ? text : $"{text}\n\n[{found.Warning}]");
    }

    private static string Shown(MemoryHit hit) =>
        string.Create(CultureInfo.InvariantCulture, $"{hit.Passage.Path}, lines {hit.Passage.FirstLine} to {hit.Passage.LastLine}:\n{hit.Passage.Text}");

    private static Task<ToolResult> GetAsync(MemoryGetArguments arguments, ToolContext context, CancellationToken ct)
    {
        var lines = MemoryFiles.Read(context.Workspace, arguments.Path).Split('\n');
        return Done(string.Join('\n', lines.Skip((arguments.From ?? 1) - 1).Take(arguments.Lines ?? UsualLines)));
    }

    private Task<ToolResult> AddAsync(MemoryAddArguments arguments, ToolContext context, CancellationToken ct)
    {
        lock (_writing)
        {
            return Done($"Noted in {MemoryFiles.Add(context.Workspace, time.GetUtcNow(), arguments.Text)}.");
        }
    }

    private static Task<ToolResult> Done(string text) => Task.FromResult(new ToolResult(text));
}
