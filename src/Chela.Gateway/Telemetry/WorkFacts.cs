namespace Chela.Gateway.Telemetry;

/// <summary>What a piece of work is about: what is logged while it is done names it. Each is null where it says nothing.</summary>
internal sealed record WorkFacts
{
    /// <summary>The connection, or the request over HTTP.</summary>
    public string? Connection { get; init; }

    /// <summary>The session's key.</summary>
    public string? Session { get; init; }

    /// <summary>Where the message came from, or goes to.</summary>
    public string? Channel { get; init; }

    /// <summary>Who acts, as a channel or a credential names people; stable, never a display name.</summary>
    public string? User { get; init; }

    /// <summary>The id by which a repeated message is recognised.</summary>
    public string? Message { get; init; }

    public string? Agent { get; init; }

    public string? Run { get; init; }

    /// <summary>These, and what only the work around this one says.</summary>
    public WorkFacts Within(WorkFacts? outer) => outer is null ? this : new()
    {
        Connection = Connection ?? outer.Connection,
        Session = Session ?? outer.Session,
        Channel = Channel ?? outer.Channel,
        User = User ?? outer.User,
        Message = Message ?? outer.Message,
        Agent = Agent ?? outer.Agent,
        Run = Run ?? outer.Run,
    };
}

/// <summary>
/// A piece of work as a scope of the log (<c>ILogger.BeginScope</c>). It is opened once for a connection, a run or a delivery and never for a
/// call, and asked what it is about only when something is written.
/// </summary>
internal interface IWorkScope
{
    WorkFacts Facts { get; }
}
