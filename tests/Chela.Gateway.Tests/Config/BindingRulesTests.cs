using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "B3")]
[Trait("Requirement", "K1")]
public sealed class BindingRulesTests
{
    [Theory]
    [InlineData("""{"agentId":"cook","match":{"channel":"x"}}""", "bindings[0].agentId: there is no agent 'cook'; agents.list names those that there are")]
    [InlineData("""{"agentId":"main","match":{"channel":"direct"}}""", "bindings[0].match.channel: no channel can be called 'direct'")]
    [InlineData("""{"agentId":"main","match":{"channel":"webhook","accountId":"shop"}}""", "bindings[0].match.accountId: channels.webhook has no account 'shop'; name one, or * for all")]
    [InlineData("""{"agentId":"main","match":{"channel":"webhook"}}""", "bindings[0].match.channel: needs an accountId beside it: channels.webhook has no account 'default'; name one, or * for all")]
    [InlineData("""{"agentId":"main","match":{"channel":"x","roles":["r"]}}""", "bindings[0].match.roles: need a guildId beside them: roles are those of a guild")]
    [InlineData("""{"agentId":"main","match":{"channel":"x","peer":{"kind":"dm","id":"1"}}}""", "bindings[0].match.peer.kind: must be equal to one of the allowed values")]
    [InlineData("""{"agentId":"main","match":{"peer":{"kind":"group","id":"1"}}}""", "bindings[0].match.channel: must have required property 'channel'")]
    [InlineData("""{"agentId":"main","match":{"channel":"x"},"session":{"dmScope":"per-user"}}""", "bindings[0].session.dmScope: must be equal to one of the allowed values")]
    public void A_mistake_in_a_binding_is_named_by_its_place(string binding, string problem) =>
        Assert.Contains(problem, Assert.Single(Refuse(File(binding)).Split('\n')), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"agentId":"main","match":{"channel":"webhook","accountId":"desk","peer":{"kind":"group","id":"*"}}}""")]
    [InlineData("""{"agentId":"main","match":{"channel":"webhook","accountId":"*"},"session":{"dmScope":"main","groupScope":"main"}}""")]
    [InlineData("""{"agentId":"main","match":{"channel":"discord","guildId":"g","roles":["r"],"teamId":"t"}}""")]
    public void What_is_right_is_taken(string binding) => Assert.Single(Load(File(binding)).Config.Bindings);

    [Theory]
    [InlineData("""{"Anna":["webhook:a"]}""", "session.identityLinks: has a name that is not 1 to 64 of a-z, 0-9, - and _, the first a letter or digit: 'Anna'")]
    [InlineData("""{"anna":["webhook"]}""", "session.identityLinks.anna[0]: must be a channel, a colon, and a peer as the channel names it")]
    [InlineData("""{"anna":["webhook:"]}""", "session.identityLinks.anna[0]: must be a channel, a colon, and a peer as the channel names it")]
    [InlineData("""{"anna":["webhook:a"],"bert":["x:b","webhook:a"]}""", "session.identityLinks.bert[1]: is a peer of 'anna' too; a peer is one person")]
    public void A_mistake_in_an_identity_link_is_named_by_its_place(string links, string problem) =>
        Assert.EndsWith(problem, Assert.Single(Refuse($$"""{"session":{"identityLinks":{{links}} } }""").Split('\n')), StringComparison.Ordinal);

    private static string File(string binding) =>
        $$"""{"channels":{"webhook":{"desk":{"secret":"long-enough-for-a-secret"} } },"bindings":[{{binding}}]}""";
}
