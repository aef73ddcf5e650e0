namespace Chela.Gateway.Config.Reloading;

/// <summary>How the file stands to what is in force.</summary>
/// <param name="ReadAtMs">When it was last read and found good, Unix milliseconds.</param>
internal sealed record ConfigState(long ReadAtMs)
{
    /// <summary>What is wrong with the file as it is now; what it said before is in force.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; init; } = [];

    /// <summary>The settings that it changes and that stay as they were until the gateway is restarted.</summary>
    public IReadOnlyList<ConfigPath> RestartNeeded { get; init; } = [];
}
