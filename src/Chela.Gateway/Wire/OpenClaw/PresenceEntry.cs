namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>A row of who is there, as the protocol has it.</summary>
/// <param name="Ts">When the row was made, Unix milliseconds.</param>
internal sealed record PresenceEntry(long Ts)
{
    public string? Host { get; init; }

    public string? ClientId { get; init; }

    public string? Ip { get; init; }

    public string? Version { get; init; }

    public string? Platform { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ModelIdentifier { get; init; }

    public string? TimeZone { get; init; }

    public string? Mode { get; init; }

    public string? Reason { get; init; }

    public string? Text { get; init; }

    public long? OnlineSince { get; init; }

    public string? DeviceId { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public string? InstanceId { get; init; }
}

/// <summary>Parameters of <c>system-presence</c>.</summary>
internal sealed record PresenceParams;
