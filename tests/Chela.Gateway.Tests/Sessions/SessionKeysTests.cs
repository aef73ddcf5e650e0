using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Config;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B3")]
public sealed class SessionKeysTests
{
    private static readonly SessionKeys Keys = new(new ConfigStore(ConfigFixture.Load("""{"session":{"mainKey":"home"}}""")));

    [Theory]
    [InlineData("main", null, "agent:main:home")]
    [InlineData("main", "helper", "agent:helper:home")]
    [InlineData("home", null, "agent:main:home")]
    [InlineData("telegram:42", null, "agent:main:telegram:42")]
    [InlineData("agent:helper:x", null, "agent:helper:x")]
    [InlineData("agent:helper:x", "HELPER", "agent:helper:x")]
    public void A_key_is_completed(string text, string? agent, string key) => Assert.Equal(key, Keys.Resolve(text, agent).Value);

    [Theory]
    [InlineData("agent:helper:x", "main", "session key agent:helper:x belongs to another agent than main")]
    [InlineData("a b", null, "session key must not contain white space or control characters")]
    [InlineData("main", "no agent", "session key must not contain white space or control characters")]
    public void What_is_no_key_or_another_agents_is_an_error_of_the_parameters(string text, string? agent, string message)
    {
        var refusal = Assert.Throws<RpcException>(() => Keys.Resolve(text, agent));

        Assert.Equal(new RpcError(RpcErrorKind.InvalidParams, message), refusal.Error);
    }
}
