using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "B5")]
[Trait("Requirement", "K1")]
public sealed class CommandRulesTests
{
    [Theory]
    [InlineData("""{"ownerAllowFrom":["anna"]}""", "commands.ownerAllowFrom[0]: must be a channel, a colon, and a sender as the channel names them: webhook:anna, or webhook/desk:anna for one account")]
    [InlineData("""{"ownerAllowFrom":["webhook:anna","webhook:"]}""", "commands.ownerAllowFrom[1]: must be a channel, a colon, and a sender")]
    [InlineData("""{"ownerAllowFrom":[":anna"]}""", "commands.ownerAllowFrom[0]: must be a channel, a colon, and a sender")]
    [InlineData("""{"ownerAllowFrom":["webhook:*"]}""", "commands.ownerAllowFrom[0]: would make everybody an owner, who decides on approvals")]
    [InlineData("""{"ownerAllowFrom":["webhook/shop:anna"]}""", "commands.ownerAllowFrom[0]: channels.webhook has no account 'shop'")]
    [InlineData("""{"ownerAllowFrom":["direct:anna"]}""", "commands.ownerAllowFrom[0]: no channel can be called 'direct'")]
    [InlineData("""{"ownerAllowFrom":[42]}""", "commands.ownerAllowFrom[0]: must be string")]
    [InlineData("""{"allowFrom":{"webhook/shop":["anna"]}}""", "commands.allowFrom: channels.webhook has no account 'shop'")]
    [InlineData("""{"allowFrom":{"":["anna"]}}""", "commands.allowFrom: no channel can be called ''")]
    public void A_mistake_is_named_by_its_place(string commands, string problem) =>
        Assert.Contains(problem, Assert.Single(Refuse(File(commands)).Split('\n')), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"ownerAllowFrom":["webhook:anna","webhook/desk:a:b","telegram:42"]}""")]
    [InlineData("""{"allowFrom":{"*":["*"],"webhook":["anna"],"webhook/desk":[]}}""")]
    public void What_is_right_is_taken(string commands) => Assert.NotNull(Load(File(commands)).Config.Commands);

    [Fact]
    public void Nobody_may_command_unless_the_configuration_says_so()
    {
        var commands = Load().Config.Commands;

        Assert.Empty(commands.OwnerAllowFrom);
        Assert.Empty(commands.AllowFrom);
    }

    private static string File(string commands) =>
        $$"""{"channels":{"webhook":{"desk":{"secret":"long-enough-for-a-secret"} } },"commands":{{commands}} }""";
}
