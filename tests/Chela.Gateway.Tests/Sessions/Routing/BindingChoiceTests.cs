using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions.Routing;

namespace Chela.Gateway.Tests.Sessions.Routing;

/// <summary>Which binding decides on a message.</summary>
[Trait("Requirement", "B3")]
public sealed class BindingChoiceTests
{
    private static readonly Origin Message = new("discord", "work", new Peer(PeerKind.Channel, "c1"))
    {
        Parent = new Peer(PeerKind.Channel, "c0"),
        Guild = "g",
        Team = "t",
        Roles = ["cook", "waiter"],
    };

    /// <summary>From what says most to what says least; each fits the message.</summary>
    private static readonly BindingMatchConfig[] ByTier =
    [
        Match() with { Peer = PeerOf("channel", "c1") },
        Match() with { Peer = PeerOf("channel", "c0") },
        Match() with { Peer = PeerOf("channel", "*") },
        Match() with { GuildId = "g", Roles = ["guest", "waiter"] },
        Match() with { GuildId = "g" },
        Match() with { TeamId = "t" },
        Match() with { AccountId = "work" },
        Match(),
    ];

    [Fact]
    public void What_says_most_of_the_place_decides_in_whatever_order_the_bindings_are()
    {
        for (var first = 0; first < ByTier.Length; first++)
        {
            var fitting = ByTier[first..];

            Assert.Same(fitting[0], Chosen(fitting));
            Assert.Same(fitting[0], Chosen([.. fitting.Reverse()]));
        }
    }

    [Fact]
    public void Among_equals_the_first_of_the_file_decides()
    {
        var (one, other) = (Match() with { Peer = PeerOf("channel", "c1") }, Match() with { Peer = PeerOf("channel", "c1"), GuildId = "g" });

        Assert.Same(one, Chosen([ByTier[^1], one, other]));
        Assert.Same(other, Chosen([ByTier[^1], other, one]));
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("account")]
    [InlineData("kind")]
    [InlineData("peer")]
    [InlineData("case")]
    [InlineData("guild")]
    [InlineData("team")]
    [InlineData("roles")]
    public void A_binding_fits_only_where_all_of_it_applies(string wrong)
    {
        var right = new BindingMatchConfig
        {
            Channel = "discord",
            AccountId = "work",
            Peer = PeerOf("channel", "c1"),
            GuildId = "g",
            TeamId = "t",
            Roles = ["waiter"],
        };
        var broken = wrong switch
        {
            "channel" => right with { Channel = "slack" },
            "account" => right with { AccountId = "home" },
            "kind" => right with { Peer = PeerOf("group", "c1") },
            "peer" => right with { Peer = PeerOf("channel", "c2") },
            "guild" => right with { GuildId = "h" },
            "team" => right with { TeamId = "u" },
            "roles" => right with { Roles = ["guest"] },
            _ => right with { Peer = PeerOf("channel", "C1") },
        };

        Assert.Same(right, Chosen([right]));
        Assert.Null(Chosen([broken]));
    }

    [Fact]
    public void Without_an_account_a_binding_means_the_default_account_and_a_star_means_every_one()
    {
        var ofDefault = new BindingMatchConfig { Channel = "discord" };

        Assert.Null(Chosen([ofDefault]));
        Assert.Same(ofDefault, Chosen([Match(), ofDefault], Message with { Account = "default" }));
        Assert.NotNull(Chosen([Match()]));
    }

    [Fact]
    public void Who_is_called_star_is_one_of_all_and_nothing_more()
    {
        var star = Message with { Peer = new Peer(PeerKind.Channel, "*"), Parent = new Peer(PeerKind.Direct, "*") };
        var toAll = Match() with { Peer = PeerOf("channel", "*") };
        var toOne = Match() with { Peer = PeerOf("channel", "c1") };

        Assert.Same(toAll, Chosen([toOne, toAll], star));
        Assert.Null(Chosen([Match() with { Peer = PeerOf("direct", "*") }], star));
    }

    private static BindingMatchConfig Match() => new() { Channel = "discord", AccountId = "*" };

    private static BindingPeerConfig PeerOf(string kind, string id) => new() { Kind = kind, Id = id };

    private static BindingMatchConfig? Chosen(BindingMatchConfig[] matches, Origin? origin = null) => BindingChoice.For(
        origin ?? Message, [.. matches.Select(match => new BindingConfig { AgentId = "main", Match = match })])?.Match;
}
