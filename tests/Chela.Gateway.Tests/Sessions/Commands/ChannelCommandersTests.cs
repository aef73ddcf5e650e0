using Chela.Contracts.Access;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions.Commands;
using Chela.Gateway.Tests.Config;

namespace Chela.Gateway.Tests.Sessions.Commands;

/// <summary>What a sender on a channel may tell the gateway.</summary>
[Trait("Requirement", "B5")]
public sealed class ChannelCommandersTests
{
    private const OperatorScopes Owner = OperatorScopes.Write | OperatorScopes.Approvals;

    [Theory]
    [InlineData("{}", "desk", "anna", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["webhook:anna"]}""", "desk", "anna", Owner)]
    [InlineData("""{"ownerAllowFrom":["webhook:anna"]}""", "desk", "Anna", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["webhook:anna"]}""", "desk", "anna2", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["telegram:anna"]}""", "desk", "anna", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["webhook/desk:anna"]}""", "desk", "anna", Owner)]
    [InlineData("""{"ownerAllowFrom":["webhook/desk:anna"]}""", "shop", "anna", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["webhook/desk:anna"]}""", "shop", "desk:anna", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["webhook:desk:anna"]}""", "shop", "desk:anna", Owner)]
    [InlineData("""{"allowFrom":{"webhook":["anna"]}}""", "desk", "anna", OperatorScopes.Write)]
    [InlineData("""{"allowFrom":{"webhook":["anna"]}}""", "desk", "*", OperatorScopes.None)]
    [InlineData("""{"allowFrom":{"*":["anna"]}}""", "desk", "anna", OperatorScopes.Write)]
    [InlineData("""{"allowFrom":{"*":["*"]}}""", "desk", "anna", OperatorScopes.Write)]
    [InlineData("""{"allowFrom":{"*":["*"],"webhook":["bert"]}}""", "desk", "anna", OperatorScopes.None)]
    [InlineData("""{"allowFrom":{"webhook":["*"],"webhook/desk":[]}}""", "desk", "anna", OperatorScopes.None)]
    [InlineData("""{"allowFrom":{"webhook":["*"],"webhook/desk":[]}}""", "shop", "anna", OperatorScopes.Write)]
    [InlineData("""{"allowFrom":{"telegram":["anna"]}}""", "desk", "anna", OperatorScopes.None)]
    [InlineData("""{"ownerAllowFrom":["webhook:anna"],"allowFrom":{"webhook":["bert"]}}""", "desk", "anna", Owner)]
    public void A_sender_has_the_scopes_that_the_configuration_gives(string commands, string account, string sender, OperatorScopes scopes)
    {
        var message = new ChannelMessage("1", new Origin("webhook", account, new Peer(PeerKind.Group, "kitchen")), sender, "/new", 0);

        var caller = Commanders(commands).Of(message).Caller;

        Assert.Equal((scopes, $"webhook/{account}:{sender}"), (caller.Granted, caller.ClientId));
        Assert.Equal(scopes == Owner, caller.Holds(OperatorScopes.Approvals));
        Assert.False(caller.Holds(OperatorScopes.Admin));
    }

    [Theory]
    [InlineData("webhook:anna", "desk", true)]
    [InlineData("webhook/desk:anna", "desk", true)]
    [InlineData("webhook/desk:anna", "shop", false)]
    [InlineData("telegram:anna", "desk", false)]
    public void It_is_known_where_an_owner_can_decide(string owner, string account, bool known) =>
        Assert.Equal(known, Commanders($$"""{"ownerAllowFrom":["{{owner}}"]}""").HaveOwnerAt(new ReplyTarget("webhook", account, "kitchen")));

    private static ChannelCommanders Commanders(string commands) => new(new ConfigStore(ConfigFixture.Load(
        $$"""{"channels":{"webhook":{"desk":{"secret":"long-enough-for-a-secret"},"shop":{"secret":"long-enough-for-a-secret"} } },"commands":{{commands}} }""")));
}
