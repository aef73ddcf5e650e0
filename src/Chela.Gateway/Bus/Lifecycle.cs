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

    public void MoveTo(LifecyclePhase phase)
    {
        if (phase > Phase)
        {
            Volatile.Write(ref _phase, (int)phase);
        }
    }
}
