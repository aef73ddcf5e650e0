using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Messages;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Config;

/// <summary>What every account of a chat platform has: whether it runs, who may speak to it, and how it speaks.</summary>
internal abstract record ChannelAccountConfig
{
    /// <summary>The entry that stands for everybody, or for every group.</summary>
    public const string Any = "*";

    [Description("Whether the account runs; unset means yes.")]
    public bool? Enabled { get; init; }

    [AllowedValues(DmPolicies.Pairing, DmPolicies.AllowList, DmPolicies.Open, DmPolicies.Disabled)]
    [Description("Which persons may write to the account: those whom you let in by a code, those of allowFrom alone, everybody, or nobody. Unset means pairing.")]
    public string? DmPolicy { get; init; }

    [MaxLength(1_000), Description("Persons who may write to the account, by the ids of the platform.")]
    public IReadOnlyList<string>? AllowFrom { get; init; }

    [AllowedValues(GroupPolicies.AllowList, GroupPolicies.Open, GroupPolicies.Disabled)]
    [Description("In which groups the account answers: those of groups alone, all, or none. Unset means allowlist.")]
    public string? GroupPolicy { get; init; }

    [MaxLength(1_000), Description("Persons who may speak to the account in groups; unset means those of allowFrom, and where that is unset too, everybody in a group that is listed.")]
    public IReadOnlyList<string>? GroupAllowFrom { get; init; }

    [MaxLength(1_000), Description("Groups in which the account answers, by the ids of the platform, or * for all.")]
    public IReadOnlyDictionary<string, ChannelGroupConfig>? Groups { get; init; }

    [Range(100, 1_000_000), Description("The longest text in one message, in characters, where that is to be shorter than the platform allows.")]
    public int? TextChunkLimit { get; init; }

    [Range(0, 500), Description("How many messages of a group that were not for the account it is told of when it is called; unset means 50.")]
    public int? HistoryLimit { get; init; }

    [AllowedValues(ReplyToModes.Off, ReplyToModes.First)]
    [Description("Whether an answer shows the message that it answers: never, or in its first piece. Unset means in groups alone.")]
    public string? ReplyToMode { get; init; }

    [AllowedValues(StreamingModes.Off, StreamingModes.Partial)]
    [Description("Whether people see an answer while it is being written, where the platform lets a message be changed. Unset means partial: they do.")]
    public string? Streaming { get; init; }

    [MaxLength(32), Description("An emoji that is put to a message when it was taken in, where the platform has such signs. Unset or empty means none.")]
    public string? AckReaction { get; init; }

    private static readonly string[] Live =
        ["dmPolicy", "allowFrom", "groupPolicy", "groupAllowFrom", "groups", "textChunkLimit", "historyLimit", "replyToMode", "streaming", "ackReaction"];

    /// <summary>True where settings changed with which an account is connected; the others are read anew for each message.</summary>
    public static bool Connects(IEnumerable<ConfigPath> changed, string channel, string account) => changed.Any(path =>
        path.IsAround(["channels", channel, account])
        || (path.IsWithin(["channels", channel, account]) && !Live.Contains(path.Segments.ElementAtOrDefault(3), StringComparer.Ordinal)));

    /// <summary>True where the account is to run.</summary>
    public bool Runs() => Enabled is not false;

    /// <summary>True where answers of the account show what they answer.</summary>
    public bool Quotes(PeerKind kind) => ReplyToMode is null ? kind != PeerKind.Direct : ReplyToMode == ReplyToModes.First;
}

/// <summary>One group in which an account answers.</summary>
internal sealed record ChannelGroupConfig
{
    [Description("Whether it answers there; unset means yes.")]
    public bool? Enabled { get; init; }

    [Description("Whether it answers only where it is named or answered; unset means yes.")]
    public bool? RequireMention { get; init; }

    [MaxLength(1_000), Description("Persons who may speak to it there, in place of the account's.")]
    public IReadOnlyList<string>? AllowFrom { get; init; }
}

/// <summary>Which pieces of an answer show what they answer.</summary>
internal static class ReplyToModes
{
    public const string Off = "off", First = "first";
}

/// <summary>How people see an answer that is being written (08-channels § 3).</summary>
internal static class StreamingModes
{
    public const string Off = "off", Partial = "partial";
}

/// <summary>Who may write to an account in private (08-channels § 2.1).</summary>
internal static class DmPolicies
{
    public const string Pairing = "pairing", AllowList = "allowlist", Open = "open", Disabled = "disabled";
}

/// <summary>In which groups an account answers (08-channels § 2.3).</summary>
internal static class GroupPolicies
{
    public const string AllowList = "allowlist", Open = "open", Disabled = "disabled";
}
