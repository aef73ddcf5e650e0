using Chela.Cli;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class GatewayTargetTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("chela-target-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public void The_option_wins_over_the_environment_and_that_over_the_running_gateway()
    {
        WriteLock("ws://127.0.0.1:3/");

        Assert.Equal("ws://127.0.0.1:1/", Resolve(url: "ws://127.0.0.1:1", environmentUrl: "ws://127.0.0.1:2").DisplayUrl);
        Assert.Equal("ws://127.0.0.1:2/", Resolve(environmentUrl: "ws://127.0.0.1:2").DisplayUrl);
        Assert.Equal("ws://127.0.0.1:3/", Resolve().DisplayUrl);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"pid\":1}")]
    [InlineData("{\"url\":\"nonsense\"}")]
    public void A_lock_that_says_nothing_leaves_the_default(string text)
    {
        File.WriteAllText(Path.Combine(_state.FullName, "gateway.lock"), text);

        Assert.Equal("ws://127.0.0.1:18789/", Resolve().DisplayUrl);
    }

    [Fact]
    public void A_lock_is_read_while_it_is_held()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let anyone read a file that is held alone.");
        WriteLock("ws://127.0.0.1:4/");
        using var held = new FileStream(Path.Combine(_state.FullName, "gateway.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal("ws://127.0.0.1:4/", Resolve().DisplayUrl);
    }

    [Theory]
    [InlineData("ws://0.0.0.0:5/")]
    [InlineData("ws://[::]:5/")]
    public void A_gateway_that_listens_everywhere_is_reached_over_loopback(string url)
    {
        WriteLock(url);

        Assert.Equal("ws://127.0.0.1:5/", Resolve().DisplayUrl);
    }

    [Theory]
    [InlineData("http://host:8/x", "ws://host:8/x")]
    [InlineData("http://host", "ws://host/")]
    [InlineData("https://host", "wss://host/")]
    [InlineData("wss://user:pass@host/gw?token=t", "wss://host/gw")]
    public void Addresses_are_shown_as_web_sockets_and_without_secrets(string given, string shown) =>
        Assert.Equal(shown, Resolve(url: given).DisplayUrl);

    [Theory]
    [InlineData("ws://127.0.0.1:1")]
    [InlineData("ws://127.8.8.8:1")]
    [InlineData("ws://[::1]:1")]
    [InlineData("ws://localhost:1")]
    public void The_stored_token_goes_to_this_machine(string url)
    {
        WriteToken("stored\n");

        Assert.Equal("stored", Resolve(url: url).Token);
    }

    [Theory]
    [InlineData("ws://10.0.0.1:1")]
    [InlineData("wss://gateway.example")]
    [InlineData("ws://localhost.example:1")]
    [InlineData("ws://127.0.0.1.example:1")]
    [InlineData("ws://127.0.0.1@gateway.example:1")]
    public void The_stored_token_goes_nowhere_else(string url)
    {
        WriteToken("stored\n");

        Assert.Null(Resolve(url: url).Token);
    }

    [Fact]
    public void The_token_comes_from_the_option_then_the_environment_then_the_file()
    {
        WriteToken("stored");

        Assert.Equal(("option", "--token"), Found(Resolve(token: "option", environmentToken: "variable")));
        Assert.Equal(("variable", "CHELA_TOKEN"), Found(Resolve(environmentToken: "variable")));
        Assert.Equal(("stored", Path.Combine(_state.FullName, "gateway.token")), Found(Resolve()));
        Assert.Equal(("given", "--token"), Found(Resolve(url: "wss://gateway.example", token: "given")));
    }

    [Fact]
    public void The_token_is_not_in_the_text_of_the_target() =>
        Assert.DoesNotContain("secret", Resolve(token: "secret").ToString(), StringComparison.Ordinal);

    private static (string?, string) Found(GatewayTarget target) => (target.Token, target.TokenSource);

    private GatewayTarget Resolve(string? url = null, string? environmentUrl = null, string? token = null, string? environmentToken = null) =>
        GatewayTarget.Resolve(
            new ConnectionSettings(url, token, _state.FullName, Json: false, Timeout: null),
            name => name switch { "CHELA_URL" => environmentUrl, "CHELA_TOKEN" => environmentToken, _ => null });

    private void WriteLock(string url) =>
        File.WriteAllText(Path.Combine(_state.FullName, "gateway.lock"), $$"""{"pid":1,"url":"{{url}}","startedAtMs":1}""");

    private void WriteToken(string text) => File.WriteAllText(Path.Combine(_state.FullName, "gateway.token"), text);
}
