using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Access.Senders;

/// <summary>Parameters of <c>channels.pairing.list</c>.</summary>
internal sealed record PairingListParams
{
    [Description("Only this channel."), MinLength(1), MaxLength(64)]
    public string? Channel { get; init; }

    [Description("Only this account."), MinLength(1), MaxLength(64)]
    public string? AccountId { get; init; }
}

/// <summary>Result of <c>channels.pairing.list</c> (03a: ChannelsPairingListResult), and in <c>paired</c> who was let in.</summary>
internal sealed record PairingListResult(
    IReadOnlyList<PairingAccount> Accounts,
    IReadOnlyList<PairingRequest> Requests,
    IReadOnlyList<PairedRow> Paired,
    bool CommandOwnerConfigured,
    PairingLimits Limits);

/// <summary>An account at which strangers may ask.</summary>
internal sealed record PairingAccount(string Channel, string ChannelLabel, string AccountId, bool NotifySupported);

/// <summary>A stranger who waits.</summary>
/// <param name="RequestId">The code.</param>
internal sealed record PairingRequest(
    string RequestId, string Channel, string ChannelLabel, string AccountId, string SenderId, string SenderLabel,
    string CreatedAt, string LastSeenAt, string ExpiresAt, bool NotifySupported);

/// <summary>Somebody who was let in.</summary>
internal sealed record PairedRow(string Channel, string AccountId, string SenderId, string? Name, string By, string At);

/// <summary>How many may wait, and how long.</summary>
internal sealed record PairingLimits(int PendingPerAccount, long TtlMs);

/// <summary>Parameters of <c>channels.pairing.approve</c>.</summary>
internal sealed record PairingApproveParams
{
    [MinLength(1), MaxLength(64)]
    public required string Channel { get; init; }

    [MinLength(1), MaxLength(64)]
    public required string AccountId { get; init; }

    [Description("The code, as channels.pairing.list shows it."), MinLength(1), MaxLength(64)]
    public required string RequestId { get; init; }

    [Description("Whether the person is told.")]
    public bool? Notify { get; init; }

    [Description("Not served: name owners in commands.ownerAllowFrom.")]
    public bool? BootstrapCommandOwner { get; init; }
}

/// <summary>Result of <c>channels.pairing.approve</c>.</summary>
internal sealed record PairingApproveResult(string RequestId, string SenderId, string Notification, string CommandOwnerBootstrap);

/// <summary>Parameters of <c>channels.pairing.dismiss</c>.</summary>
internal sealed record PairingDismissParams
{
    [MinLength(1), MaxLength(64)]
    public required string Channel { get; init; }

    [MinLength(1), MaxLength(64)]
    public required string AccountId { get; init; }

    [Description("The code, as channels.pairing.list shows it."), MinLength(1), MaxLength(64)]
    public required string RequestId { get; init; }
}

/// <summary>Result of <c>channels.pairing.dismiss</c>.</summary>
internal sealed record PairingDismissResult(string RequestId, string SenderId);

/// <summary>Parameters of <c>channels.pairing.remove</c>.</summary>
internal sealed record PairingRemoveParams
{
    [MinLength(1), MaxLength(64)]
    public required string Channel { get; init; }

    [MinLength(1), MaxLength(64)]
    public required string AccountId { get; init; }

    [Description("The person, by the id of the platform."), MinLength(1), MaxLength(200)]
    public required string SenderId { get; init; }
}

/// <summary>Result of <c>channels.pairing.remove</c>.</summary>
internal sealed record PairingRemoveResult(bool Ok, string SenderId);

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PairingListParams))]
[JsonSerializable(typeof(PairingListResult))]
[JsonSerializable(typeof(PairingApproveParams))]
[JsonSerializable(typeof(PairingApproveResult))]
[JsonSerializable(typeof(PairingDismissParams))]
[JsonSerializable(typeof(PairingDismissResult))]
[JsonSerializable(typeof(PairingRemoveParams))]
[JsonSerializable(typeof(PairingRemoveResult))]
internal sealed partial class SenderMethodJson : JsonSerializerContext;
