namespace Chela.Gateway.Bus;

/// <summary>Where the gateway stands between its start and its end.</summary>
internal enum LifecyclePhase
{
    /// <summary>It answers <c>/healthz</c>, and nothing else yet.</summary>
    Starting,

    /// <summary>It serves.</summary>
    Running,

    /// <summary>It finishes what it has and takes nothing new.</summary>
    Stopping,
}

/// <summary>Whether new work is taken. Moves forward only.</summary>
internal sealed class Lifecycle
{
    private int _phase;

    public LifecyclePhase Phase => (LifecyclePhase)Volatile.Read(ref _phase);

    public bool IsStopping => Phase == LifecyclePhase.Stopping;

    /// <summary>Why it serves without what may have ended it before; null where it does all that it should.</summary>
    public string? SafeMode { get; private set; }

    /// <summary>Decided before it serves, and until its end.</summary>
    /// <param name="why">A sentence for whoever runs it.</param>
    public void EnterSafeMode(string why) => SafeMode = why;

    public void MoveTo(LifecyclePhase phase)
    {
        if (phase > Phase)
        {
            Volatile.Write(ref _phase, (int)phase);
        }
    }
}
