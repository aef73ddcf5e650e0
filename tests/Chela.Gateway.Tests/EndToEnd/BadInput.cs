namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Long inputs that do not fit into a table.</summary>
internal static class BadInput
{
    /// <summary>A hundred arrays in each other.</summary>
    public const string Deep = "~deep~";

    /// <summary>A string of 2 MB.</summary>
    public const string Huge = "~huge~";

    /// <summary>A string of 26 MB.</summary>
    public const string Giant = "~giant~";

    /// <summary>A string of 70 KB.</summary>
    public const string Large = "~large~";

    /// <summary>Puts the long inputs where their names stand.</summary>
    public static string Expand(string frame) => frame
        .Replace(Deep, new string('[', 100) + new string(']', 100), StringComparison.Ordinal)
        .Replace(Huge, new string('x', 2 * 1024 * 1024), StringComparison.Ordinal)
        .Replace(Giant, new string('x', 26 * 1024 * 1024), StringComparison.Ordinal)
        .Replace(Large, new string('x', 70 * 1024), StringComparison.Ordinal);
}
