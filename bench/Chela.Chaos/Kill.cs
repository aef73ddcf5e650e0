namespace Chela.Chaos;

/// <summary>How and when one life of the gateway ends.</summary>
/// <param name="Kind">What the report counts it as.</param>
/// <param name="After">From the start of the process to the signal; null where the process dies by itself.</param>
internal sealed record Kill(string Kind, TimeSpan? After)
{
    /// <summary>How long a process that should die by itself is given before it is killed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The steps of the storage that are passed in normal work (<c>StorageSteps</c> of the gateway).</summary>
    private static readonly string[] Steps =
    [
        "journal.before-write", "journal.after-write", "journal.before-fsync", "journal.after-fsync", "journal.segment-created",
        "blob.before-write", "blob.before-rename", "blob.after-rename", "blob.after-fsync",
    ];

    /// <summary>The step and how often it is passed before the process dies there, as <c>CHELA_CRASH_AT</c> wants it.</summary>
    public string? CrashAt { get; init; }

    /// <summary>Whether the process is asked to stop (SIGTERM), and not killed.</summary>
    public bool IsPolite { get; init; }

    /// <summary>One of: at a step of the storage, during the start, at any moment, or a stop that is asked for.</summary>
    public static Kill Random(Random random) => random.Next(20) switch
    {
        < 10 when Steps[random.Next(Steps.Length)] is var step =>
            new(step, null) { CrashAt = $"{step}@{random.Next(1, MostPassed(step))}" },
        < 12 => new("during the start", TimeSpan.FromMilliseconds(random.Next(0, 300))),
        < 18 => new("at any moment", TimeSpan.FromMilliseconds(random.Next(200, 1200))),
        _ => new("stopped by SIGTERM", TimeSpan.FromMilliseconds(random.Next(300, 900))) { IsPolite = true },
    };

    /// <summary>How often a step is passed in a life, about.</summary>
    private static int MostPassed(string step) => step switch
    {
        "journal.segment-created" => 8,
        _ when step.StartsWith("blob.", StringComparison.Ordinal) => 20,
        _ => 400,
    };
}
