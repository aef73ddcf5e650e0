using System.Globalization;
using Chela.Gateway.Agents.Briefing;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Files;

namespace Chela.Gateway.Agents.Memory;

/// <summary>What an agent remembers: <c>MEMORY.md</c>, and a file of notes for each day in the folder <c>memory</c> of its workspace.</summary>
internal static class MemoryFiles
{
    private const string Folder = WorkspaceFiles.Notes;
    private const string Ending = ".md";

    /// <summary>The most characters that are searched.</summary>
    private const int MaxChars = 8_000_000;

    /// <summary>All passages, within bounds.</summary>
    public static IEnumerable<MemoryPassage> Passages(string workspace, CancellationToken ct)
    {
        var left = MaxChars;
        foreach (var path in WorkspaceFiles.FindNotes(workspace, ct).Prepend(WorkspaceFiles.Memory)) // what is known for good comes first
        {
            ct.ThrowIfCancellationRequested();
            var text = TryRead(workspace, path);
            left -= text.Length;
            if (left < 0)
            {
                yield break;
            }

            foreach (var passage in MemoryPassage.In(path, text))
            {
                yield return passage;
            }
        }
    }

    /// <summary>Adds a note to the file of the day; what stands there stays.</summary>
    /// <returns>The file.</returns>
    public static string Add(string workspace, DateTimeOffset now, string note)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{Folder}/{now:yyyy-MM-dd}{Ending}");
        return Workspace.Try(path, () =>
        {
            var (folder, name) = Workspace.FindPlace(workspace, path);
            using (folder)
            {
                using var old = folder.Child(name);
                var before = old.Kind == EntryKind.Nothing ? string.Create(CultureInfo.InvariantCulture, $"# {now:yyyy-MM-dd}\n") : TextFile.Read(old, path);
                TextFile.Replace(folder, name, path, string.Create(CultureInfo.InvariantCulture, $"{before.TrimEnd()}\n\n{now:HH:mm} {note.Trim()}\n"));
                return path;
            }
        });
    }

    /// <summary>The text of one of these files; a refusal for any other.</summary>
    public static string Read(string workspace, string path) => Workspace.Try(path, () =>
    {
        var steps = WorkspacePath.Steps(path);
        if (steps is not [WorkspaceFiles.Memory] and not [Folder, .., _])
        {
            throw new ToolRefusal($"{WorkspacePath.Show(path)} is none of the files of your memory: those are {WorkspaceFiles.Memory} and what is in the folder {Folder}.");
        }

        using var file = Workspace.Find(workspace, path);
        Workspace.MustBeFile(file, path);
        return TextFile.Read(file, path);
    });

    private static string TryRead(string workspace, string path)
    {
        try
        {
            return Read(workspace, path);
        }
        catch (ToolRefusal)
        {
            return ""; // it is missing, or no text
        }
    }
}
