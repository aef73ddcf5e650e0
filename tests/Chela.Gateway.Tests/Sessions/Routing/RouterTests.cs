using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions.Routing;
using Chela.Gateway.Tests.Config;

namespace Chela.Gateway.Tests.Sessions.Routing;

/// <summary>In which session a message of a channel is.</summary>
[Trait("Requirement", "B3")]
public sealed class RouterTests
{
    private static readonly Origin Anna = new("telegram", "work", new Peer(PeerKind.Direct, "42"));

    [Theory]
    [InlineData("main", "agent:main:home")]
    [InlineData("per-peer", "agent:main:direct:42")]
    [InlineData("per-channel-peer", "agent:main:telegram:direct:42")]
    [InlineData("per-account-channel-peer", "agent:main:telegram:work:direct:42")]
    public void Direct_messages_are_in_the_session_of_their_scope(string scope, string key)
    {
        var router = Of($$"""{"session":{"mainKey":"home","dmScope":"{{scope}}"} }""");

        Assert.Equal(key, router.SessionOf(Anna).Value);
        Assert.Equal($"{key}:thread:7", router.SessionOf(Anna with { Thread = new SessionThread("7") }).Value);
    }

    [Theory]
    [InlineData("per-group", PeerKind.Group, "work", "agent:main:telegram:work:group:42")]
    [InlineData("per-group", PeerKind.Channel, "work", "agent:main:telegram:work:channel:42")]
    [InlineData("per-group", PeerKind.Group, "default", "agent:main:telegram:group:42")]
    [InlineData("main", PeerKind.Group, "work", "agent:main:main")]
    [InlineData("main", PeerKind.Channel, "default", "agent:main:main")]
    public void Rooms_have_sessions_of_their_own_unless_they_share_the_main_one(string scope, PeerKind kind, string account, string key)
    {
        var router = Of($$"""{"session":{"groupScope":"{{scope}}"} }""");
        var room = new Origin("telegram", account, new Peer(kind, "42"));

        Assert.Equal(key, router.SessionOf(room).Value);
        Assert.Equal($"{key}:topic:7", router.SessionOf(room with { Thread = new SessionThread("7", IsTopic: true) }).Value);
    }

    [Fact]
    public void Without_configuration_nobody_shares_a_session_with_another_person() =>
        Assert.Equal("agent:main:telegram:work:direct:42", Of("{}").SessionOf(Anna).Value);

    [Theory]
    [InlineData("per-peer", "agent:main:direct:anna", "agent:main:direct:anna")]
    [InlineData("per-channel-peer", "agent:main:telegram:direct:anna", "agent:main:webhook:direct:anna")]
    [InlineData("main", "agent:main:main", "agent:main:main")]
    public void A_linked_peer_goes_by_the_name_of_the_person(string scope, string onTelegram, string onWebhook)
    {
        var router = Of($$"""{"session":{"dmScope":"{{scope}}","identityLinks":{"anna":["telegram:42","webhook:a:b"]} } }""");

        Assert.Equal(onTelegram, router.SessionOf(Anna).Value);
        Assert.Equal(onWebhook, router.SessionOf(new Origin("webhook", "desk", new Peer(PeerKind.Direct, "a:b"))).Value);
    }

    [Theory]
    [InlineData("webhook", "anna")]
    [InlineData("webhook", "42")]
    [InlineData("telegram", "anna")]
    [InlineData("telegram", "42:b")]
    public void Who_calls_himself_by_the_name_of_a_person_does_not_become_that_person(string channel, string id)
    {
        var router = Of("""{"session":{"dmScope":"per-peer","identityLinks":{"anna":["telegram:42"]}}}""");

        Assert.NotEqual(router.SessionOf(Anna), router.SessionOf(new Origin(channel, "work", new Peer(PeerKind.Direct, id))));
    }

    [Fact]
    public void The_binding_that_decides_names_the_agent_and_may_say_how_sessions_are_shared()
    {
        var router = Of("""
            {
              "agents": { "list": [{ "id": "clerk" }, { "id": "cook" }] },
              "bindings": [{
                "agentId": "cook",
                "match": { "channel": "telegram", "accountId": "work" },
                "session": { "dmScope": "main", "groupScope": "main" }
              }]
            }
            """);

        Assert.Equal("agent:cook:main", router.SessionOf(Anna).Value);
        Assert.Equal("agent:cook:main", router.SessionOf(Anna with { Peer = new Peer(PeerKind.Group, "1") }).Value);
        Assert.Equal("agent:clerk:telegram:direct:42", KeyWithoutAccount(router.SessionOf(Anna with { Account = "home" })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("direct")]
    [InlineData("a:b")]
    [InlineData("Telegram")]
    [InlineData("a-channel-whose-name-is-much-too-long")]
    public void What_no_channel_can_be_called_is_refused(string channel) =>
        Assert.Throws<ArgumentException>(() => Of("{}").SessionOf(Anna with { Channel = channel }));

    [Theory]
    [InlineData("per-account-channel-peer", 1)]
    [InlineData("per-account-channel-peer", 20_261_126)]
    [InlineData("per-channel-peer", 2)]
    [InlineData("per-peer", 3)]
    public void Whatever_peers_accounts_and_threads_are_called_no_two_conversations_share_a_session(string scope, int seed)
    {
        var router = Of($$"""{"session":{"dmScope":"{{scope}}","identityLinks":{"anna":["telegram:42"]} } }""");
        var random = new Random(seed);
        string[] ids = [.. HostileIds.Random(random, 300)];
        var seen = new Dictionary<string, string>();
        for (var round = 0; round < 20_000; round++)
        {
            var origin = Draw(random, ids);
            var key = router.SessionOf(origin);
            var place = PlaceOf(origin, scope);

            Assert.True(seen.TryAdd(key.Value, place) || seen[key.Value] == place, $"{place} and {seen[key.Value]} share {key.Value}");
            Assert.InRange(key.Value.Length, 1, SessionKey.MaxLength);
            Assert.True(SessionKey.TryParse(key.Value, out var again, out _) && again == key);
            var form = SessionKeyForm.Of(key);
            Assert.Equal(origin.Peer.Kind.ToString(), form.Kind.ToString());
            Assert.Equal(origin.Thread is { } thread ? thread with { Id = KeyWord.Of(thread.Id) } : null, form.InThread);
        }
    }

    [Fact]
    public void The_longest_names_fit_into_a_key()
    {
        var agent = new string('a', 64);
        var longest = new string('x', KeyWord.MaxLength);
        var router = Of($$"""{"agents":{"list":[{"id":"{{agent}}"}]},"session":{"mainKey":"{{new string('m', 128)}}"} }""");
        var origin = new Origin(new string('c', 32), longest, new Peer(PeerKind.Channel, longest)) { Thread = new SessionThread(longest) };

        Assert.InRange(router.SessionOf(origin).Value.Length, 500, SessionKey.MaxLength);
    }

    private static Router Of(string file) => new(new ConfigStore(ConfigFixture.Load(file)));

    private static string KeyWithoutAccount(SessionKey key) => key.Value.Replace(":home:", ":", StringComparison.Ordinal);

    private static Origin Draw(Random random, string[] ids)
    {
        string Any() => ids[random.Next(ids.Length)];
        return new Origin(random.Next(2) == 0 ? "webhook" : "telegram", random.Next(3) == 0 ? "default" : Any(), new Peer((PeerKind)random.Next(3), Any()))
        {
            Thread = random.Next(3) == 0 ? new SessionThread(Any(), random.Next(2) == 0) : null,
        };
    }

    /// <summary>What tells conversations apart that this scope keeps apart.</summary>
    private static string PlaceOf(Origin origin, string scope)
    {
        var isDirect = origin.Peer.Kind == PeerKind.Direct;
        var channel = isDirect && scope == DmScopes.PerPeer ? "" : origin.Channel;
        var account = isDirect && scope != DmScopes.PerAccountChannelPeer ? "" : origin.Account;
        return string.Join('|', channel, Codes(account), origin.Peer.Kind, Codes(origin.Peer.Id), Codes(origin.Thread?.Id), origin.Thread?.IsTopic);
    }

    private static string Codes(string? text) => text is null ? "none" : string.Join(' ', text.Select(c => (int)c));
}
