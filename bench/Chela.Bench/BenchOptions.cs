using System.Globalization;

namespace Chela.Bench;

/// <summary>What to measure and how long.</summary>
/// <param name="Baseline">The published bare Kestrel.</param>
/// <param name="Gateway">The published gateway.</param>
internal sealed record BenchOptions(string Baseline, string Gateway)
{
    /// <summary>How often each question is asked of both programs in turn; the median counts.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How often each program is started in a round.</summary>
    public int Starts { get; init; } = 7;

    /// <summary>How long each load is measured.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>Whether to print JSON and not a table.</summary>
    public bool Json { get; init; }

    /// <summary>Reads <c>--baseline PATH --gateway PATH [--rounds N] [--starts N] [--seconds S] [--json]</c>.</summary>
    public static BenchOptions Parse(string[] args)
    {
        string? Given(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        string Needed(string name) => Given(name) ?? throw new ArgumentException(name + " is needed.");

        var options = new BenchOptions(Path.GetFullPath(Needed("--baseline")), Path.GetFullPath(Needed("--gateway")));
        return options with
        {
            Rounds = Given("--rounds") is { } rounds ? int.Parse(rounds, CultureInfo.InvariantCulture) : options.Rounds,
            Starts = Given("--starts") is { } starts ? int.Parse(starts, CultureInfo.InvariantCulture) : options.Starts,
            Seconds = Given("--seconds") is { } seconds ? double.Parse(seconds, CultureInfo.InvariantCulture) : options.Seconds,
            Json = args.Contains("--json"),
        };
    }
}
