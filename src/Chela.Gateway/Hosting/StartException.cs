namespace Chela.Gateway.Hosting;

/// <summary>What keeps a gateway from starting.</summary>
public enum StartFailure
{
    /// <summary>The configuration or a secret is wrong.</summary>
    Configuration,

    /// <summary>Another gateway holds the state directory.</summary>
    AlreadyRunning,

    /// <summary>The address cannot be listened on.</summary>
    AddressUnavailable,

    /// <summary>The state directory cannot be made or written.</summary>
    NotWritable,

    /// <summary>The list of sessions or the inbox is damaged.</summary>
    DamagedState,
}

/// <summary>The gateway cannot start. Its message is what the user reads: what is wrong, and what helps.</summary>
/// <param name="failure">The kind of obstacle.</param>
/// <param name="message">One clear sentence; for a configuration one line for each problem.</param>
/// <param name="cause">The exception behind it.</param>
public sealed class StartException(StartFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The kind of obstacle.</summary>
    public StartFailure Failure => failure;
}
