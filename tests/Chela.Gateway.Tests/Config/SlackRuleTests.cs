using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

/// <summary>Which accounts of Slack can be configured.</summary>
[Trait("Requirement", "K1")]
[Trait("Requirement", "C1")]
public sealed class SlackRuleTests
{
    [Theory]
    [InlineData("""{"botToken":"xapp-1-taken-for-the-other","appToken":"xapp-1-the-token-of-the-app"}""", "channels.slack.work.botToken: does not begin with xoxb-")]
    [InlineData("""{"botToken":"xoxb-1-the-token-of-the-bot","appToken":"xoxb-1-taken-for-the-other"}""", "channels.slack.work.appToken: does not begin with xapp-")]
    [InlineData("""{"botToken":"xoxb-1","appToken":"xapp-1-the-token-of-the-app"}""", "channels.slack.work.botToken: ")]
    [InlineData("""{"botToken":"xoxb-1-the-token-of-the-bot"}""", "appToken")]
    [InlineData("""{"botToken":"xoxb-1-the-token-of-the-bot","appToken":"xapp-1-the-token-of-the-app","apiRoot":"slack.com"}""", "channels.slack.work.apiRoot: must be an address")]
    public void An_account_that_cannot_be_is_refused_with_its_place(string account, string problem) =>
        Assert.Contains(problem, Refuse($"{{\"channels\":{{\"slack\":{{\"work\":{account}}}}}}}"), StringComparison.Ordinal);
}
