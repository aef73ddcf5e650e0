namespace Chela.Gateway.Config.Includes;

/// <summary>Where a path leads once every link on the way is followed.</summary>
internal static class RealPath
{
    /// <summary>So many links are followed; more are a circle.</summary>
    private const int MaxLinks = 40;

    /// <summary>The path without links; what does not exist is taken as it is.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var at = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Names(full[at.Length..]).Reverse());
        for (var links = 0; rest.TryPop(out var name);)
        {
            if (name == "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
            }
            else if (new FileInfo(Path.Combine(at, name)).LinkTarget is not { } target)
            {
                at = Path.Combine(at, name);
            }
            else if (++links > MaxLinks)
            {
                throw new IOException($"the links at {path} lead in a circle");
            }
            else
            {
                at = Path.IsPathRooted(target) ? Path.GetPathRoot(Path.GetFullPath(target))! : at;
                foreach (var step in Names(target[(Path.GetPathRoot(target)?.Length ?? 0)..]).Reverse())
                {
                    rest.Push(step);
                }
            }
        }

        return at;
    }

    /// <summary>True for a path in a folder, however deep. Both are without links.</summary>
    public static bool IsIn(string path, string folder) => path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static IEnumerable<string> Names(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".");
}
