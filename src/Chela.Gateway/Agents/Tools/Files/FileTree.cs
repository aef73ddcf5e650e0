using Microsoft.Extensions.FileSystemGlobbing;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>Something that was met on a walk through folders.</summary>
/// <param name="Path">Where, from the workspace's root.</param>
/// <param name="Entry">What; gone when the walk goes on.</param>
internal readonly record struct FoundFile(string Path, WorkspaceEntry Entry);

/// <summary>Walks through the folders of a workspace in the order of names, without following links, within bounds.</summary>
internal static class FileTree
{
    /// <summary>How deep a walk goes.</summary>
    public const int MaxDepth = 32;

    /// <summary>The most names of one folder that are looked at.</summary>
    public const int MaxNames = 10_000;

    /// <summary>All that is in a folder, and in those in it down to a depth.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">Its path from the workspace's root; empty for that itself.</param>
    /// <param name="depth">How many levels; 1 for those of the folder itself.</param>
    /// <param name="ct">Ends the walk.</param>
    public static IEnumerable<FoundFile> Walk(WorkspaceEntry folder, string path, int depth, CancellationToken ct)
    {
        var names = Directory.EnumerateFileSystemEntries(folder.Path).Take(MaxNames).Select(Path.GetFileName).OfType<string>();
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            using var entry = folder.Child(name);
            var place = path.Length == 0 ? name : $"{path}/{name}";
            if (entry.Kind == EntryKind.Nothing)
            {
                continue; // gone meanwhile
            }

            yield return new FoundFile(place, entry);
            if (entry.Kind == EntryKind.Folder && depth > 1)
            {
                foreach (var below in Walk(entry, place, depth - 1, ct))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>Tells which files a pattern means. One without a slash means names in every folder.</summary>
    public static Func<string, bool> Matching(string? glob)
    {
        if (glob is null)
        {
            return _ => true;
        }

        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(glob.Contains('/', StringComparison.Ordinal) ? glob : $"**/{glob}");
        return path => matcher.Match(path).HasMatches;
    }
}
