namespace Chela.Gateway.Bus.Queue;

/// <summary>What becomes of a message that comes while its session is busy. The names in small letters are OpenClaw's.</summary>
internal enum QueueMode
{
    /// <summary>It gets a run of its own, after those before it.</summary>
    Followup,

    /// <summary>The present run takes it in where it has not asked the model yet; else as <see cref="Followup"/>.</summary>
    Steer,

    /// <summary>All that came meanwhile is answered by one run, once nothing more has come for a while.</summary>
    Collect,

    /// <summary>What runs and waits is stopped, and it runs next.</summary>
    Interrupt,
}

/// <summary>What gives way when more messages wait than may.</summary>
internal enum QueueDrop
{
    /// <summary>The new message: it is refused.</summary>
    New,

    /// <summary>The oldest waiting message: it ends without an answer, and no model reads it.</summary>
    Old,

    /// <summary>The same, but models read how it began.</summary>
    Summarize,
}

/// <summary>How a message waits for its turn.</summary>
internal sealed record QueueSettings
{
    public QueueMode Mode { get; init; }

    /// <summary>How long nothing more may have come before collected messages run.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the sender may go on before all that came in quick succession is answered by one run; zero for no time at all.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>The most messages that wait in a lane.</summary>
    public int Cap { get; init; } = 20;

    public QueueDrop Drop { get; init; }
}
