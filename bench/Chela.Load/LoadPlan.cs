using System.Diagnostics;
using System.Globalization;

namespace Chela.Load;

/// <summary>What to send, over how many connections, for how long.</summary>
public sealed record LoadPlan
{
    /// <summary>Where to: <c>http://</c> is asked with GET, <c>ws://</c> with JSON-RPC calls.</summary>
    public required Uri Target { get; init; }

    /// <summary>Sent as a bearer credential; null sends none.</summary>
    public string? Token { get; init; }

    /// <summary>The method that is called over a WebSocket.</summary>
    public string Method { get; init; } = "health";

    /// <summary>How many connections work at the same time.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>How many calls are under way on each WebSocket; HTTP is always one deep.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>How long is measured.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>How long the same load runs before it is measured.</summary>
    public double WarmUpSeconds { get; init; } = 2;

    /// <summary>Reads <c>--target URI --token T --method M --connections N --depth N --seconds S --warm-up S</c>.</summary>
    public static LoadPlan Parse(string[] args)
    {
        var given = args.Chunk(2).ToDictionary(
            pair => pair[0],
            pair => pair.Length == 2 ? pair[1] : throw new ArgumentException($"{pair[0]} needs a value."));
        var target = given.GetValueOrDefault("--target") ?? throw new ArgumentException("--target is needed.");
        var plan = new LoadPlan { Target = new Uri(target) };
        return plan with
        {
            Token = given.GetValueOrDefault("--token"),
            Method = given.GetValueOrDefault("--method", plan.Method),
            Connections = Number(given, "--connections", plan.Connections),
            Depth = Number(given, "--depth", plan.Depth),
            Seconds = Number(given, "--seconds", plan.Seconds),
            WarmUpSeconds = Number(given, "--warm-up", plan.WarmUpSeconds),
        };
    }

    private static T Number<T>(Dictionary<string, string> given, string name, T otherwise)
        where T : IParsable<T> =>
        given.TryGetValue(name, out var text) ? T.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

/// <summary>When the measured part of a run begins and ends, in stopwatch ticks.</summary>
/// <param name="From">Answers before this are warm-up.</param>
/// <param name="To">No call starts after this.</param>
public readonly record struct LoadWindow(long From, long To)
{
    /// <summary>A window that begins after the plan's warm-up, counted from now.</summary>
    public static LoadWindow After(LoadPlan plan)
    {
        var from = Stopwatch.GetTimestamp() + (long)(plan.WarmUpSeconds * Stopwatch.Frequency);
        return new LoadWindow(from, from + (long)(plan.Seconds * Stopwatch.Frequency));
    }

    /// <summary>Whether something that ended at this tick counts.</summary>
    public bool Contains(long tick) => tick >= From && tick < To;
}
