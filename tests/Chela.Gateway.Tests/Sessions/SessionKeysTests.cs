using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B3")]
public sealed class SessionKeysTests : IAsyncDisposable
{
    private readonly StorageTrial _files = new();
    private readonly SessionTable _sessions;
    private readonly SessionKeys _keys;

    public SessionKeysTests()
    {
        _sessions = new SessionTable(_files.OpenSessions(), new ManualTimeProvider());
        _keys = new SessionKeys(new ConfigStore(ConfigFixture.Load("""{"session":{"mainKey":"home"}}""")), _sessions);
    }

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Theory]
    [InlineData("main", null, "agent:main:home")]
    [InlineData("main", "MAIN", "agent:main:home")]
    [InlineData("home", null, "agent:main:home")]
    [InlineData("telegram:42", null, "agent:main:telegram:42")]
    [InlineData("agent:main:x", null, "agent:main:x")]
    [InlineData("Agent:Main:x", "main", "agent:main:x")]
    public void A_key_is_completed(string text, string? agent, string key) => Assert.Equal(key, _keys.Resolve(text, agent).Value);

    [Theory]
    [InlineData("agent:helper:x", "main", "session key agent:helper:x belongs to another agent than main")]
    [InlineData("a b", null, "session key must not contain white space or control characters")]
    [InlineData("main", "no agent", "session key must not contain white space or control characters")]
    public void What_is_no_key_or_another_agents_is_an_error_of_the_parameters(string text, string? agent, string message)
    {
        var refusal = Assert.Throws<RpcException>(() => _keys.Resolve(text, agent));

        Assert.Equal(new RpcError(RpcErrorKind.InvalidParams, message), refusal.Error);
    }

    [Theory]
    [InlineData("agent:helper:x", null)]
    [InlineData("main", "helper")]
    public void An_agent_that_there_is_not_has_no_new_sessions(string text, string? agent)
    {
        var refusal = Assert.Throws<RpcException>(() => _keys.Resolve(text, agent));

        Assert.Equal(new RpcError(RpcErrorKind.NotFound, "unknown agent id \"helper\"; agents.list names those that there are"), refusal.Error);
    }

    [Fact]
    public async Task The_sessions_of_an_agent_that_is_gone_can_be_read()
    {
        var key = SessionKey.Of("helper", "x");
        await _sessions.GetOrCreateAsync(key, TestContext.Current.CancellationToken);

        Assert.Equal(key, _keys.Resolve("agent:helper:x", "HELPER"));
    }
}
