namespace Chela.Gateway.Access.Nodes;

/// <summary>What a node offers: capabilities, and commands that can be invoked on it. Each list in order and without repeats.</summary>
internal sealed record NodeSurface(IReadOnlyList<string> Caps, IReadOnlyList<string> Commands)
{
    /// <summary>The most names in a list; further ones are ignored.</summary>
    public const int MaxNames = 512;

    public static NodeSurface Empty { get; } = new([], []);

    /// <summary>What a node said, put in order.</summary>
    public static NodeSurface Of(IEnumerable<string>? caps, IEnumerable<string>? commands) => new(Normal(caps), Normal(commands));

    /// <summary>What both have.</summary>
    public NodeSurface Within(NodeSurface other) => new([.. Caps.Intersect(other.Caps)], [.. Commands.Intersect(other.Commands)]);

    public bool IsSame(NodeSurface other) => Caps.SequenceEqual(other.Caps) && Commands.SequenceEqual(other.Commands);

    private static string[] Normal(IEnumerable<string>? names) =>
        [.. (names ?? []).Where(name => name.Length is > 0 and <= 128).Distinct().Order(StringComparer.Ordinal).Take(MaxNames)];
}
