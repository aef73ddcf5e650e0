using System.Globalization;

namespace Chela.Chaos;

/// <summary>What is tried: how many kills, under how many clients.</summary>
/// <param name="Gateway">The gateway's program.</param>
internal sealed record ChaosPlan(string Gateway)
{
    /// <summary>How often the gateway is ended.</summary>
    public int Kills { get; init; } = 1000;

    /// <summary>How often its configuration is edited while it runs, instead of ending it; 0 for the trial of kills.</summary>
    public int Edits { get; init; }

    /// <summary>After so many edits everything that was sent since the last time is checked, and other sessions are begun.</summary>
    public int EditsInAnEra { get; init; } = 25;

    /// <summary>How many clients send, in turn by the OpenClaw dialect, JSON-RPC, Plain and webhook.</summary>
    public int Clients { get; init; } = 32;

    /// <summary>After so many kills everything that was sent since the last time is checked, and other sessions are begun.</summary>
    public int KillsInAnEra { get; init; } = 20;

    /// <summary>The longest pause of a client between two messages, in milliseconds.</summary>
    public int LongestPauseMs => Edits > 0 ? 500 : 60;

    /// <summary>The sessions of an era.</summary>
    public int Sessions { get; init; } = 24;

    /// <summary>What becomes of runs that a kill cuts off: <c>tell</c> or <c>continue</c>, as the gateway's configuration has it.</summary>
    public string Interrupted { get; init; } = "tell";

    /// <summary>Makes the moments of the kills; the rest of a trial is up to the machine.</summary>
    public int Seed { get; init; } = 20_261_125;

    /// <summary>Reads <c>--gateway PATH [--kills N | --edits N] [--clients N] [--seed N] [--interrupted tell|continue]</c>.</summary>
    public static ChaosPlan Parse(string[] args)
    {
        string? Given(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        int Count(string name, int otherwise) => Given(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        var plan = new ChaosPlan(Path.GetFullPath(Given("--gateway") ?? throw new ArgumentException("--gateway is needed.")));
        return plan with
        {
            Kills = Count("--kills", plan.Kills),
            Edits = Count("--edits", plan.Edits),
            Clients = Count("--clients", plan.Clients),
            Seed = Count("--seed", plan.Seed),
            Interrupted = Given("--interrupted") ?? plan.Interrupted,
        };
    }
}
