using System.Text.RegularExpressions;

namespace Chela.Gateway.Agents.Roster;

/// <summary>What agents are called, and the ids that are made of it, as OpenClaw makes them.</summary>
internal static partial class AgentNames
{
    private const int LongestId = 64;

    /// <summary>A name or another text for people on one line; null where nothing is left of it.</summary>
    public static string? Line(string? text) => text is null || Spaces().Replace(text, " ").Trim() is not { Length: > 0 } line ? null : line;

    /// <summary>The id of an agent of this name; null where nothing in it can stand in an id.</summary>
    public static string? IdOf(string name)
    {
        var id = Others().Replace(name.Trim().ToLowerInvariant(), "-").TrimStart('-', '_').TrimEnd('-');
        return id.Length > 0 ? id[..Math.Min(id.Length, LongestId)] : null;
    }

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("[^a-z0-9_-]+")]
    private static partial Regex Others();
}
