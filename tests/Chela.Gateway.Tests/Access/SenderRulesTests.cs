using Chela.Contracts.Messages;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Access;

/// <summary>Who may speak to an account of a channel.</summary>
[Trait("Requirement", "A9")]
public sealed class SenderRulesTests
{
    [Theory]
    [InlineData(null, "", false, SenderVerdict.NotPaired)]
    [InlineData(null, "", true, SenderVerdict.Admitted)]
    [InlineData("pairing", "42", false, SenderVerdict.Admitted)]
    [InlineData("pairing", "*", false, SenderVerdict.Admitted)]
    [InlineData("allowlist", "", false, SenderVerdict.NotWanted)]
    [InlineData("allowlist", "", true, SenderVerdict.NotWanted)]
    [InlineData("allowlist", "7", false, SenderVerdict.NotWanted)]
    [InlineData("allowlist", "42", false, SenderVerdict.Admitted)]
    [InlineData("open", "*", false, SenderVerdict.Admitted)]
    [InlineData("open", "7", false, SenderVerdict.NotWanted)]
    [InlineData("disabled", "42", true, SenderVerdict.NotWanted)]
    internal void In_private_the_policy_decides(string? policy, string allowed, bool isPaired, SenderVerdict expected)
    {
        var account = new TelegramAccountConfig { BotToken = "", DmPolicy = policy, AllowFrom = allowed.Length == 0 ? null : [allowed] };

        Assert.Equal(expected, SenderRules.Of(Message(PeerKind.Direct, "42"), account, isPaired));
    }

    [Theory]
    [InlineData(null, false, SenderVerdict.NotWanted)]
    [InlineData("open", false, SenderVerdict.NotCalled)]
    [InlineData("open", true, SenderVerdict.Admitted)]
    [InlineData("disabled", true, SenderVerdict.NotWanted)]
    internal void A_group_that_is_not_listed_is_answered_only_where_all_are(string? policy, bool isMention, SenderVerdict expected)
    {
        var account = new TelegramAccountConfig { BotToken = "", GroupPolicy = policy };

        Assert.Equal(expected, SenderRules.Of(Message(PeerKind.Group, "-1", isMention), account, isPaired: true));
    }

    [Theory]
    [InlineData("-1", null, null, true, SenderVerdict.Admitted)]
    [InlineData("*", null, null, true, SenderVerdict.Admitted)]
    [InlineData("-1", null, null, false, SenderVerdict.NotCalled)]
    [InlineData("-1", false, null, false, SenderVerdict.Admitted)]
    [InlineData("-2", null, null, true, SenderVerdict.NotWanted)]
    [InlineData("-1", null, "7", true, SenderVerdict.NotWanted)]
    [InlineData("-1", null, "42", true, SenderVerdict.Admitted)]
    internal void In_a_group_that_is_listed_its_speakers_and_the_mention_decide(
        string listed, bool? requireMention, string? allowed, bool isMention, SenderVerdict expected)
    {
        var account = new TelegramAccountConfig
        {
            BotToken = "",
            Groups = new Dictionary<string, ChannelGroupConfig>
            {
                [listed] = new() { RequireMention = requireMention, AllowFrom = allowed is null ? null : [allowed] },
            },
        };

        Assert.Equal(expected, SenderRules.Of(Message(PeerKind.Group, "-1", isMention), account, isPaired: false));
    }

    [Fact]
    public void An_empty_list_admits_nobody_and_who_was_let_in_by_a_code_is_nobody_in_groups()
    {
        var account = new TelegramAccountConfig
        {
            BotToken = "",
            AllowFrom = [],
            Groups = new Dictionary<string, ChannelGroupConfig> { ["-1"] = new() },
        };

        Assert.Equal(SenderVerdict.NotPaired, SenderRules.Of(Message(PeerKind.Direct, "42"), account, isPaired: false));
        Assert.Equal(SenderVerdict.NotWanted, SenderRules.Of(Message(PeerKind.Group, "-1", isMention: true), account, isPaired: true));
    }

    [Fact]
    public void A_group_that_is_switched_off_is_off_although_all_others_are_on()
    {
        var account = new TelegramAccountConfig
        {
            BotToken = "",
            GroupPolicy = "open",
            Groups = new Dictionary<string, ChannelGroupConfig> { ["*"] = new(), ["-1"] = new() { Enabled = false } },
        };

        Assert.Equal(SenderVerdict.NotWanted, SenderRules.Of(Message(PeerKind.Group, "-1", isMention: true), account, isPaired: true));
        Assert.Equal(SenderVerdict.Admitted, SenderRules.Of(Message(PeerKind.Group, "-2", isMention: true), account, isPaired: true));
    }

    private static ChannelMessage Message(PeerKind kind, string chat, bool isMention = false) =>
        new("telegram:default:1:1", new Origin("telegram", "default", new Peer(kind, chat)), "42", "hello", 1) { SenderName = "*", IsMention = isMention };
}
