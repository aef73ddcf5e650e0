namespace Chela.Gateway.Agents.Tools.Exec;

/// <summary>Finds the program that a command names, if the operator has allowed that one.</summary>
internal static class AllowedPrograms
{
    /// <summary>Where programs are looked for: places of the system, never the workspace or what the gateway was started with.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The absolute path of the program.</summary>
    /// <param name="program">As the command names it.</param>
    /// <param name="allowed">Names and absolute paths.</param>
    /// <param name="workspace">Where nothing is run from: the agent could have written it.</param>
    public static string Find(string program, IReadOnlyList<string> allowed, string workspace)
    {
        if (!allowed.Contains(program, StringComparer.Ordinal))
        {
            throw new ToolRefusal($"'{Schema.JsonText.Show(program)}' is none of the programs that may be run (tools.exec.allow).");
        }

        var path = program.StartsWith('/') ? program : InSystem(program);
        if (path is null || !File.Exists(path))
        {
            throw new ToolRefusal($"'{Schema.JsonText.Show(program)}' is not installed.");
        }

        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return IsWithin(path, workspace) || IsWithin(target, workspace)
            ? throw new ToolRefusal($"'{Schema.JsonText.Show(program)}' is in the workspace: nothing is run from there.")
            : path;
    }

    /// <summary>Where the system has a program of this name; null where it has none.</summary>
    public static string? InSystem(string name) => name.Contains('/', StringComparison.Ordinal)
        ? null
        : SearchPath.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static bool IsWithin(string path, string folder) =>
        Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + '/', StringComparison.Ordinal);
}
