using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Access.Nodes;

/// <summary>A node that offers more than was approved. Also the payload of <c>node.pair.requested</c>.</summary>
internal sealed record NodeRequest(string RequestId, string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands, long Ts)
{
    public string? DisplayName { get; init; }

    public string? Platform { get; init; }

    public string? Version { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ModelIdentifier { get; init; }

    public string? ClientId { get; init; }

    public string? ClientMode { get; init; }

    public string? RemoteIp { get; init; }

    public IReadOnlyDictionary<string, bool>? Permissions { get; init; }

    [JsonIgnore]
    public NodeSurface Surface => new(Caps, Commands);

    public static NodeRequest Of(NodeSession session, string requestId, long nowMs) =>
        new(requestId, session.NodeId, session.Declared.Caps, session.Declared.Commands, nowMs)
        {
            DisplayName = session.DisplayName,
            Platform = session.Platform,
            Version = session.Version,
            DeviceFamily = session.DeviceFamily,
            ModelIdentifier = session.ModelIdentifier,
            ClientId = session.ClientId,
            ClientMode = session.ClientMode,
            RemoteIp = session.RemoteIp,
            Permissions = session.Permissions,
        };
}

/// <summary>What is known of a node (03-methods § 5.7).</summary>
/// <param name="Caps">Those that hold: of a connected node what it offers and somebody approved, else what was approved.</param>
internal sealed record NodeRow(string NodeId, IReadOnlyList<string> Caps, IReadOnlyList<string> Commands, bool Paired, bool Connected)
{
    /// <summary>When the row was made; only where it stands alone.</summary>
    public long? Ts { get; init; }

    public string? DisplayName { get; init; }

    public string? Platform { get; init; }

    public string? Version { get; init; }

    public string? ClientId { get; init; }

    public string? ClientMode { get; init; }

    public string? DeviceFamily { get; init; }

    public string? ModelIdentifier { get; init; }

    public string? RemoteIp { get; init; }

    public string? PathEnv { get; init; }

    public IReadOnlyDictionary<string, bool>? Permissions { get; init; }

    public string? PendingRequestId { get; init; }

    public long? ConnectedAtMs { get; init; }

    public long? LastSeenAtMs { get; init; }

    public string? LastSeenReason { get; init; }

    public long? ApprovedAtMs { get; init; }
}

/// <summary>Parameters of <c>node.list</c> and <c>node.pair.list</c>.</summary>
internal sealed record NodeListParams;

/// <summary>Result of <c>node.list</c>.</summary>
internal sealed record NodeListResult(long Ts, IReadOnlyList<NodeRow> Nodes);

/// <summary>Names a node.</summary>
internal sealed record NodeParams([property: MinLength(1)] string NodeId);

/// <summary>Result of <c>node.pair.list</c>: what waits, and the nodes of which something was approved.</summary>
internal sealed record NodePairListResult(IReadOnlyList<NodeRequest> Pending, IReadOnlyList<NodeRow> Paired);

/// <summary>Names a request of a node.</summary>
internal sealed record NodeRequestParams([property: MinLength(1)] string RequestId);

/// <summary>The node whose offer was approved.</summary>
internal sealed record NodeApproveResult(string RequestId, NodeRow Node);

/// <summary>The node whose offer was not.</summary>
internal sealed record NodeRejectResult(string RequestId, string NodeId);

/// <summary>The node that was removed.</summary>
internal sealed record NodeResult(string NodeId);

/// <summary>A node and its new name.</summary>
internal sealed record NodeRenameParams([property: MinLength(1)] string NodeId, [property: StringLength(128, MinimumLength = 1)] string DisplayName);

/// <summary>The name given.</summary>
internal sealed record NodeRenameResult(string NodeId, string DisplayName);

/// <summary>JSON types of the methods of nodes.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeRequest))]
[JsonSerializable(typeof(NodeListParams))]
[JsonSerializable(typeof(NodeListResult))]
[JsonSerializable(typeof(NodeParams))]
[JsonSerializable(typeof(NodePairListResult))]
[JsonSerializable(typeof(NodeRequestParams))]
[JsonSerializable(typeof(NodeApproveResult))]
[JsonSerializable(typeof(NodeRejectResult))]
[JsonSerializable(typeof(NodeResult))]
[JsonSerializable(typeof(NodeRenameParams))]
[JsonSerializable(typeof(NodeRenameResult))]
internal sealed partial class NodesJson : JsonSerializerContext;
