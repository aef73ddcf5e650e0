using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Tools.Files;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>The files of a workspace that an agent is told of before every conversation. They stand at its root, under these names alone.</summary>
internal static class WorkspaceFiles
{
    /// <summary>What an agent is to remember for good.</summary>
    public const string Memory = "MEMORY.md";

    private const string Agents = "AGENTS.md";
    private const string Tools = "TOOLS.md";

    /// <summary>All of them, in the order in which they are told.</summary>
    public static IReadOnlyList<string> Names { get; } = [Agents, "SOUL.md", Tools, "IDENTITY.md", "USER.md", "BOOTSTRAP.md", Memory];

    /// <summary>Those that are told in a session: what is remembered of a person is not for groups, and who does a step for another needs to know the work alone.</summary>
    public static IEnumerable<string> For(SessionKey session) => SessionKeyForm.Of(session).Kind switch
    {
        SessionKind.Subagent => [Agents, Tools],
        SessionKind.Group or SessionKind.Channel => Names.Where(name => name != Memory),
        _ => Names,
    };

    /// <summary>The text of a file; null where there is none. Links are none.</summary>
    /// <exception cref="Chela.Gateway.Agents.Tools.ToolRefusal">It cannot be read as text.</exception>
    public static string? Read(string workspace, string name) => Workspace.Try(name, () =>
    {
        using var root = WorkspaceEntry.Root(workspace);
        using var file = root.Child(name);
        return file.Kind == EntryKind.File ? TextFile.Read(file, name) : null;
    });
}
