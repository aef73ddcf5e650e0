using System.Diagnostics;
using System.Globalization;

namespace Chela.Load;

/// <summary>What a run does with its connections.</summary>
public enum LoadMode
{
    /// <summary>Keeps them busy with calls and measures the answers.</summary>
    Requests,

    /// <summary>Logs them in, holds them and counts what they are told; takes commands, see <see cref="Crowd"/>.</summary>
    Hold,

    /// <summary>Logs them in, calls many times and never reads an answer, see <see cref="DeafCrowd"/>.</summary>
    Deaf,

    /// <summary>Cuts one of them again and again and asks for what it missed, see <see cref="ResumeTrial"/>.</summary>
    Resume,

    /// <summary>Has each of them ask a model, answer after answer, and measures the first words and the whole, see <see cref="RunLoad"/>.</summary>
    Runs,
}

/// <summary>What to send, over how many connections, for how long.</summary>
public sealed record LoadPlan
{
    /// <summary>Where to: <c>http://</c> is asked with GET, <c>ws://</c> with JSON-RPC calls.</summary>
    public required Uri Target { get; init; }

    /// <summary>What is done with the connections.</summary>
    public LoadMode Mode { get; init; }

    /// <summary>Sent as a bearer credential, or in the handshake; null sends none.</summary>
    public string? Token { get; init; }

    /// <summary>The method that is called over a WebSocket.</summary>
    public string Method { get; init; } = "health";

    /// <summary>The parameters of that call, a JSON object; null for none.</summary>
    public string? Parameters { get; init; }

    /// <summary>How many connections work at the same time.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>How many calls are under way on each WebSocket; HTTP is always one deep; of those who never read, how many they make.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>How long is measured.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>How long the same load runs before it is measured.</summary>
    public double WarmUpSeconds { get; init; } = 2;

    /// <summary>How many connections of a crowd log in at the same time.</summary>
    public int Logins { get; init; } = 32;

    /// <summary>From how many addresses of 127.0.0.0/8 a crowd comes (Linux); 1 leaves the choice to the system.</summary>
    public int Addresses { get; init; } = 1;

    /// <summary>How many sessions each connection that asks a model goes round in; 0 for a new one each time.</summary>
    public int Sessions { get; init; }

    /// <summary>How many events the trial of the resumption takes in.</summary>
    public int Events { get; init; } = 100_000;

    /// <summary>How often that trial cuts its connection.</summary>
    public int Cuts { get; init; } = 1000;

    /// <summary>The dialect of the target: the gateway's root speaks OpenClaw, which logs in by its first frame.</summary>
    public bool SpeaksOpenClaw => Target.AbsolutePath == "/";

    /// <summary>
    /// Reads <c>--target URI --mode M --token T --method M --params JSON --connections N --depth N --seconds S --warm-up S --logins N --addresses N
    /// --sessions N --events N --cuts N</c>.
    /// </summary>
    public static LoadPlan Parse(string[] args)
    {
        var given = args.Chunk(2).ToDictionary(
            pair => pair[0],
            pair => pair.Length == 2 ? pair[1] : throw new ArgumentException($"{pair[0]} needs a value."));
        var target = given.GetValueOrDefault("--target") ?? throw new ArgumentException("--target is needed.");
        var plan = new LoadPlan { Target = new Uri(target) };
        return plan with
        {
            Mode = given.TryGetValue("--mode", out var mode) ? Enum.Parse<LoadMode>(mode, ignoreCase: true) : plan.Mode,
            Token = given.GetValueOrDefault("--token"),
            Method = given.GetValueOrDefault("--method", plan.Method),
            Parameters = given.GetValueOrDefault("--params"),
            Connections = Number(given, "--connections", plan.Connections),
            Depth = Number(given, "--depth", plan.Depth),
            Seconds = Number(given, "--seconds", plan.Seconds),
            WarmUpSeconds = Number(given, "--warm-up", plan.WarmUpSeconds),
            Logins = Number(given, "--logins", plan.Logins),
            Addresses = Number(given, "--addresses", plan.Addresses),
            Sessions = Number(given, "--sessions", plan.Sessions),
            Events = Number(given, "--events", plan.Events),
            Cuts = Number(given, "--cuts", plan.Cuts),
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
