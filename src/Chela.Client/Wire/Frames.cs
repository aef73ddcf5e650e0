using System.Text.Json;

namespace Chela.Client.Wire;

/// <summary>Any frame that a gateway sends: a response (<c>res</c>) or an event. Which fields are set depends on the type.</summary>
internal sealed record IncomingFrame(string Type)
{
    public string? Id { get; init; }

    public bool Ok { get; init; }

    public JsonElement? Payload { get; init; }

    public WireError? Error { get; init; }

    public string? Event { get; init; }

    public long? Seq { get; init; }
}

/// <summary>The error object of a refused call.</summary>
internal sealed record WireError(string Code, string Message)
{
    public JsonElement? Details { get; init; }

    public bool Retryable { get; init; }

    public int? RetryAfterMs { get; init; }

    public GatewayCallException ToException(string method) =>
        new(method, Code, Message) { Details = Details, Retryable = Retryable, RetryAfterMs = RetryAfterMs };
}

/// <summary>Parameters of <c>connect</c>.</summary>
internal sealed record ConnectParams(
    int MinProtocol,
    int MaxProtocol,
    ConnectClient Client,
    string Role,
    IReadOnlyList<string> Scopes,
    ConnectAuth? Auth,
    string UserAgent);

/// <summary>The part of <c>connect</c> that says which program is calling.</summary>
internal sealed record ConnectClient(string Id, string Version, string Platform, string Mode);

/// <summary>The part of <c>connect</c> that carries the credential.</summary>
internal sealed record ConnectAuth(string Token);

/// <summary>The payload of the answer to <c>connect</c>.</summary>
internal sealed record HelloOk(string Type, int Protocol, HelloServer Server)
{
    public HelloFeatures? Features { get; init; }

    public HelloAuth? Auth { get; init; }

    public GatewayPolicy? Policy { get; init; }

    public JsonElement? Snapshot { get; init; }
}

/// <summary>Who answered.</summary>
internal sealed record HelloServer(string Version, string ConnId);

/// <summary>What it can do.</summary>
internal sealed record HelloFeatures(IReadOnlyList<string> Methods, IReadOnlyList<string> Events);

/// <summary>What the client may do. Older gateways leave it out or send it in part.</summary>
internal sealed record HelloAuth
{
    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>Parameters of <c>events.resume</c>.</summary>
internal sealed record ResumeParams
{
    public string? Epoch { get; init; }

    public long? Seq { get; init; }
}

/// <summary>Answer of <c>events.resume</c>.</summary>
/// <param name="Status"><c>live</c>, <c>resumed</c> or <c>reset</c>.</param>
internal sealed record ResumeAnswer(string Status, string Epoch, long Seq);
