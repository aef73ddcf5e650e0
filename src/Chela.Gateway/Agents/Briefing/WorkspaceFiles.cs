using System.Text.RegularExpressions;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Tools.Files;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>The files of a workspace that an agent is told of before every conversation. They stand at its root, under these names alone.</summary>
internal static partial class WorkspaceFiles
{
    /// <summary>What an agent is to remember for good.</summary>
    public const string Memory = "MEMORY.md";

    /// <summary>The folder of what it notes from day to day.</summary>
    public const string Notes = "memory";

    /// <summary>The most files of notes that are found.</summary>
    private const int MostNotes = 1_000;

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

    /// <summary>The files of notes that there are, the newest day first; nobody is told of them.</summary>
    public static IReadOnlyList<string> FindNotes(string workspace, CancellationToken ct)
    {
        using var root = WorkspaceEntry.Root(workspace);
        using var folder = root.Child(Notes);
        return folder.Kind != EntryKind.Folder ? [] :
        [
            .. FileTree.Walk(folder, Notes, depth: 1, ct)
                .Where(found => found.Entry.Kind == EntryKind.File && found.Path.EndsWith(".md", StringComparison.Ordinal))
                .Select(found => found.Path)
                .OrderDescending(StringComparer.Ordinal)
                .Take(MostNotes),
        ];
    }

    /// <summary>True for what can be the name of a file of notes.</summary>
    public static bool IsNote(string name) => NoteName().IsMatch(name);

    /// <summary>Looks at one of these files, or of the notes; at null where their folder is none. Links are not followed.</summary>
    public static T At<T>(string workspace, string name, Func<WorkspaceEntry?, T> look)
    {
        using var root = WorkspaceEntry.Root(workspace);
        if (!IsNote(name))
        {
            using var file = root.Child(name);
            return look(file);
        }

        using var folder = root.Child(Notes);
        using var note = folder.Kind == EntryKind.Folder ? folder.Child(name[(Notes.Length + 1)..]) : null;
        return look(note);
    }

    /// <summary>The text of a file; null where there is none. Links are none.</summary>
    /// <exception cref="Chela.Gateway.Agents.Tools.ToolRefusal">It cannot be read as text.</exception>
    public static string? Read(string workspace, string name) =>
        Workspace.Try(name, () => At(workspace, name, file => file is { Kind: EntryKind.File } ? TextFile.Read(file, name) : null));

    [GeneratedRegex("^memory/[A-Za-z0-9][A-Za-z0-9._-]{0,99}[.]md$", RegexOptions.CultureInvariant)]
    private static partial Regex NoteName();
}
