using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>How conversations are kept.</summary>
internal sealed record SessionConfig
{
    [MinLength(1), MaxLength(128), Description("The name of the session that direct messages share.")]
    public string MainKey { get; init; } = "main";

    [AllowedValues(DmScopes.Main, DmScopes.PerPeer, DmScopes.PerChannelPeer, DmScopes.PerAccountChannelPeer)]
    [Description("Which direct messages share a session.")]
    public string DmScope { get; init; } = DmScopes.PerAccountChannelPeer;

    [AllowedValues(GroupScopes.PerGroup, GroupScopes.Main), Description("Whether each group has a session, or shares that of direct messages.")]
    public string GroupScope { get; init; } = GroupScopes.PerGroup;

    [MaxLength(1_000), Description("Persons who are known on several channels: a name, and the peers that it stands for, each as channel:peer.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> IdentityLinks { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public SessionResetConfig Reset { get; init; } = new();

    public SessionResetByTypeConfig ResetByType { get; init; } = new();

    [MaxLength(100), Description("The same for the sessions of one channel, before what their type says.")]
    public IReadOnlyDictionary<string, SessionResetConfig> ResetByChannel { get; init; } = new Dictionary<string, SessionResetConfig>();

    public SessionMaintenanceConfig Maintenance { get; init; } = new();
}

/// <summary>Which direct messages share a session.</summary>
internal static class DmScopes
{
    /// <summary>All that one agent answers.</summary>
    public const string Main = "main";

    /// <summary>Those of a peer, on whatever channel.</summary>
    public const string PerPeer = "per-peer";

    /// <summary>Those of a peer on one channel.</summary>
    public const string PerChannelPeer = "per-channel-peer";

    /// <summary>Those of a peer to one account of a channel.</summary>
    public const string PerAccountChannelPeer = "per-account-channel-peer";
}

/// <summary>Whether groups have sessions of their own.</summary>
internal static class GroupScopes
{
    public const string PerGroup = "per-group";

    public const string Main = "main";
}

/// <summary>When a session begins anew by itself.</summary>
internal sealed record SessionResetConfig
{
    public const string None = "none";
    public const string Daily = "daily";
    public const string Idle = "idle";
    public const int UsualHour = 4;

    [AllowedValues(None, Daily, Idle), Description("When a session begins anew with its next message: never, once a day, or after a pause. Unset means never.")]
    public string? Mode { get; init; }

    [Range(0, 23), Description("The hour of the day for daily, by the clock of the gateway's machine. Unset means 4.")]
    public int? AtHour { get; init; }

    [Range(1, 525_600), Description("The pause in minutes; 60 for idle unless set. With daily, whichever comes first counts.")]
    public int? IdleMinutes { get; init; }
}

/// <summary>The same for kinds of sessions; what is unset is as for all.</summary>
internal sealed record SessionResetByTypeConfig
{
    public SessionResetConfig? Direct { get; init; }

    public SessionResetConfig? Group { get; init; }

    public SessionResetConfig? Thread { get; init; }
}

/// <summary>Which sessions are removed by themselves.</summary>
internal sealed record SessionMaintenanceConfig
{
    public const string Enforce = "enforce";
    public const string Warn = "warn";

    [AllowedValues(Enforce, Warn), Description("Whether sessions are removed, or the log only says which would be.")]
    public string Mode { get; init; } = Enforce;

    [RegularExpression("^[1-9][0-9]{0,4}[hdw]$")]
    [Description("How long a session may go without a change, in hours, days or weeks, before it is removed; main and named sessions stay. As long stay transcripts that no session has any more.")]
    public string PruneAfter { get; init; } = "30d";

    [Range(1, 1_000_000), Description("The most sessions; the oldest go first, but for main and named ones.")]
    public int MaxEntries { get; init; } = 5000;
}
