namespace Chela.Gateway.Config.Reloading;

/// <summary>The names on the way to a setting, of which each may have dots.</summary>
internal sealed record ConfigPath(IReadOnlyList<string> Segments)
{
    /// <summary>True for the setting of that key, and for those in it.</summary>
    public bool IsWithin(IReadOnlyList<string> key) => Segments.Take(key.Count).SequenceEqual(key);

    /// <summary>True for a setting that holds that key among others.</summary>
    public bool IsAround(IReadOnlyList<string> key) => key.Count > Segments.Count && key.Take(Segments.Count).SequenceEqual(Segments);

    /// <summary>The dotted key.</summary>
    public override string ToString() => ConfigPointer.ToDotted(ConfigPointer.FromSegments(Segments));
}
