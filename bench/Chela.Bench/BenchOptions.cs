using System.Globalization;

namespace Chela.Bench;

/// <summary>What to measure and how long.</summary>
/// <param name="Baseline">The published bare Kestrel.</param>
/// <param name="Gateway">The published gateway.</param>
internal sealed record BenchOptions(string Baseline, string Gateway)
{
    /// <summary>Which questions: <c>start</c>, <c>connections</c>, <c>sessions</c>, <c>runs</c>, <c>channels</c> or <c>soak</c>.</summary>
    public string Set { get; init; } = "start";

    /// <summary>The one question of the set to ask; null asks all.</summary>
    public string? Only { get; init; }

    /// <summary>How often each question is asked of both programs in turn; the median counts.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How often each program is started in a round.</summary>
    public int Starts { get; init; } = 7;

    /// <summary>How long each load is measured.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>The sizes of the questions about many connections.</summary>
    public ConnectionOptions Crowds { get; init; } = new();

    /// <summary>How many sessions are listed.</summary>
    public int Sessions { get; init; } = 100_000;

    /// <summary>Whether to print JSON and not a table.</summary>
    public bool Json { get; init; }

    /// <summary>
    /// Reads <c>--baseline PATH --gateway PATH [--set start|connections|sessions|runs|channels|soak] [--only QUESTION] [--rounds N] [--starts N] [--seconds S] [--connections N]
    /// [--deaf N] [--events N] [--cuts N] [--sessions N] [--json]</c>.
    /// </summary>
    public static BenchOptions Parse(string[] args)
    {
        string? Given(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        string Needed(string name) => Given(name) ?? throw new ArgumentException(name + " is needed.");
        int Count(string name, int otherwise) => Given(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

        var options = new BenchOptions(Path.GetFullPath(Needed("--baseline")), Path.GetFullPath(Needed("--gateway")));
        var seconds = Given("--seconds") is { } given ? double.Parse(given, CultureInfo.InvariantCulture) : options.Seconds;
        return options with
        {
            Set = Given("--set") ?? options.Set,
            Only = Given("--only"),
            Rounds = Count("--rounds", options.Rounds),
            Starts = Count("--starts", options.Starts),
            Seconds = seconds,
            Crowds = new ConnectionOptions
            {
                Connections = Count("--connections", options.Crowds.Connections),
                Deaf = Count("--deaf", options.Crowds.Deaf),
                Events = Count("--events", options.Crowds.Events),
                Cuts = Count("--cuts", options.Crowds.Cuts),
                Seconds = seconds,
            },
            Sessions = Count("--sessions", options.Sessions),
            Json = args.Contains("--json"),
        };
    }
}
