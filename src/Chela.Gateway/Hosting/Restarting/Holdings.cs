using Chela.Contracts.Sessions;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>What a gateway keeps when it restarts within its process: the state directory, the sockets that it listens on, and what it knows of restarts.</summary>
internal sealed class Holdings(InstanceLock held) : IAsyncDisposable
{
    /// <summary>Held for this process.</summary>
    public InstanceLock Lock => held;

    public KeptSockets Sockets { get; } = new();

    public RestartHistory History { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Sockets.DisposeAsync();
        held.Dispose();
    }
}

/// <summary>The last restart of this process.</summary>
internal sealed class RestartHistory
{
    /// <summary>When it began, a timestamp of the time provider; null before the first.</summary>
    public long? BeganAt { get; set; }

    /// <summary>What the files held with which it did not start, and why; null where it did.</summary>
    public (ConfigContent? Content, string Reason)? Refused { get; set; }

    /// <summary>Who is told when the next one is done.</summary>
    public Dictionary<SessionKey, RestartNote> Notes { get; } = [];

    /// <summary>What the user should know of it; null where nothing is the matter.</summary>
    public string? Warning => Refused is { } refused
        ? $"the gateway goes on with the configuration that was in force before, because it does not start with the one in the file: {refused.Reason}"
        : null;
}
