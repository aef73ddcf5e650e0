using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>A rule that gives what comes from some place to an agent.</summary>
internal sealed record BindingConfig
{
    [Description("The agent that answers.")]
    public required string AgentId { get; init; }

    [Description("Which messages are meant: those to which all of it applies.")]
    public required BindingMatchConfig Match { get; init; }

    [Description("What holds for their sessions in place of session.dmScope and session.groupScope.")]
    public BindingSessionConfig? Session { get; init; }
}

/// <summary>Which messages a binding means.</summary>
internal sealed record BindingMatchConfig
{
    /// <summary>Stands for every account, and as the id of a peer for every peer of its kind.</summary>
    public const string Any = "*";

    /// <summary>The account that is meant where none is named.</summary>
    public const string DefaultAccount = "default";

    /// <summary>The longest name of a channel: a session key has to have room for the rest.</summary>
    public const int MaxChannelLength = 32;

    [MaxLength(MaxChannelLength), Description("The channel that brings them.")]
    public required string Channel { get; init; }

    [MinLength(1), MaxLength(128), Description("The account that they come to; * for every one. Unset means the account default.")]
    public string? AccountId { get; init; }

    [Description("The person or the room.")]
    public BindingPeerConfig? Peer { get; init; }

    [MinLength(1), MaxLength(200), Description("The guild.")]
    public string? GuildId { get; init; }

    [MinLength(1), MaxLength(200), Description("The team.")]
    public string? TeamId { get; init; }

    [MinLength(1), MaxLength(100), Description("Roles in the guild, one of which the sender has.")]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>The account in force.</summary>
    public string Account() => AccountId ?? DefaultAccount;
}

/// <summary>A person or a room that a binding means.</summary>
internal sealed record BindingPeerConfig
{
    [AllowedValues("direct", "group", "channel"), Description("What it is.")]
    public required string Kind { get; init; }

    [MinLength(1), MaxLength(1_000), Description("As the channel names it; * for every one of its kind.")]
    public required string Id { get; init; }
}

/// <summary>What a binding says of sessions.</summary>
internal sealed record BindingSessionConfig
{
    [AllowedValues(DmScopes.Main, DmScopes.PerPeer, DmScopes.PerChannelPeer, DmScopes.PerAccountChannelPeer)]
    [Description("Which direct messages share a session.")]
    public string? DmScope { get; init; }

    [AllowedValues(GroupScopes.PerGroup, GroupScopes.Main), Description("Whether each group has a session.")]
    public string? GroupScope { get; init; }
}
