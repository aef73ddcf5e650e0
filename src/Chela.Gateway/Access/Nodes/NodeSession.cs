namespace Chela.Gateway.Access.Nodes;

/// <summary>A node that is connected now, with what it said of itself.</summary>
/// <param name="NodeId">The id of its device.</param>
/// <param name="Declared">What it offers, whether approved or not.</param>
internal sealed record NodeSession(string NodeId, string ConnectionId, long ConnectedAtMs, NodeSurface Declared)
{
    public string? DisplayName { get; init; }

    public string? Platform { get; init; }

    public string? Version { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ModelIdentifier { get; init; }

    public string? ClientId { get; init; }

    public string? ClientMode { get; init; }

    public string? RemoteIp { get; init; }

    public string? PathEnv { get; init; }

    public IReadOnlyDictionary<string, bool>? Permissions { get; init; }
}
