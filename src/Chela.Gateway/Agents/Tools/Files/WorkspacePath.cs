using Chela.Gateway.Schema;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>A path as models write it: steps from the root of the workspace, none of them upwards.</summary>
internal static class WorkspacePath
{
    public const int LongestPath = 4096;

    private const int MaxSteps = 64;

    /// <summary>The steps; none for the workspace itself.</summary>
    public static string[] Steps(string path)
    {
        var foreign = OperatingSystem.IsWindows() && path.AsSpan().ContainsAny('\\', ':');
        if (path.StartsWith('/') || path.StartsWith("~/", StringComparison.Ordinal) || foreign)
        {
            throw new ToolRefusal($"{Show(path)} is no path inside the workspace: write it from the workspace's root, with / and without a leading one.");
        }

        var steps = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").ToArray();
        if (steps.Contains("..", StringComparer.Ordinal))
        {
            throw new ToolRefusal($"{Show(path)} has a .. in it: only what is inside the workspace can be used.");
        }

        if (steps.Length > MaxSteps || path.Any(char.IsControl))
        {
            throw new ToolRefusal($"{Show(path)} is no path: it has control characters, or more than {MaxSteps} steps.");
        }

        return steps;
    }

    /// <summary>A path as it may stand in a sentence.</summary>
    public static string Show(string path) => $"'{JsonText.Show(path)}'";
}
