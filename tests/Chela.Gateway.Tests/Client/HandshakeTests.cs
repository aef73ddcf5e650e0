using System.Text.Json;
using Chela.Client;

namespace Chela.Gateway.Tests.Client;

public sealed class HandshakeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_client_introduces_itself_and_keeps_the_hello()
    {
        var connect = default(JsonElement);
        await using var gateway = await ScriptedGateway.StartAsync(connection =>
        {
            connect = connection.Connect;
            return Task.CompletedTask;
        });

        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url, Token = "secret" }, Ct);
        await gateway.Played.Task;

        Assert.Equal(3, connect.GetProperty("minProtocol").GetInt32());
        Assert.Equal(4, connect.GetProperty("maxProtocol").GetInt32());
        Assert.Equal("cli", connect.GetProperty("client").GetProperty("id").GetString());
        Assert.Equal("cli", connect.GetProperty("client").GetProperty("mode").GetString());
        Assert.Equal("operator", connect.GetProperty("role").GetString());
        Assert.Equal("secret", connect.GetProperty("auth").GetProperty("token").GetString());
        Assert.Equal(7, connect.GetProperty("scopes").GetArrayLength());
        Assert.Equal("2026.9.6", client.Hello.ServerVersion);
        Assert.Equal("11988bc4-0363-4bdc-903d-96db7b04db67", client.Hello.ConnectionId);
        Assert.Contains("chat.send", client.Hello.Methods);
        Assert.Equal(26214400, client.Hello.Policy.MaxPayload);
        Assert.Equal(["operator.admin", "operator.read"], client.Hello.Scopes);
    }

    [Fact]
    public async Task Without_a_token_no_credential_is_sent()
    {
        await using var gateway = await ScriptedGateway.StartAsync(connection =>
        {
            Assert.False(connection.Connect.TryGetProperty("auth", out _));
            return Task.CompletedTask;
        });

        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);

        await gateway.Played.Task;
    }

    [Fact]
    public async Task A_wrong_token_is_told_with_the_gateways_own_words()
    {
        await using var gateway = await ScriptedGateway.StartRawAsync(async connection =>
        {
            await connection.SendAsync(RecordedFrames.Challenge);
            await connection.RefuseAsync(await connection.ReceiveAsync(), RecordedFrames.WrongToken);
            await connection.CloseAsync(1008, "unauthorized: gateway token mismatch (provide gateway auth token)");
        });

        var refusal = await Assert.ThrowsAsync<GatewayCallException>(
            () => GatewayClient.ConnectAsync(new() { Url = gateway.Url, Token = "wrong" }, Ct));

        Assert.Equal("connect", refusal.Method);
        Assert.Equal("INVALID_REQUEST", refusal.Code);
        Assert.Equal("AUTH_TOKEN_MISMATCH", refusal.DetailCode);
        Assert.StartsWith("unauthorized: gateway token mismatch", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_close_instead_of_an_answer_keeps_its_code_and_reason()
    {
        await using var gateway = await ScriptedGateway.StartRawAsync(connection => connection.CloseAsync(1013, "gateway starting"));

        var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct));

        Assert.Equal(1013, closed.CloseCode);
        Assert.Equal("gateway starting", closed.Reason);
    }

    [Fact]
    public async Task What_speaks_another_language_is_no_gateway()
    {
        await using var gateway = await ScriptedGateway.StartRawAsync(connection => connection.SendAsync("HELLO?"));

        await Assert.ThrowsAsync<GatewayUnreachableException>(() => GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct));
    }

    [Fact]
    public async Task A_gateway_that_never_says_hello_is_given_up()
    {
        await using var gateway = await ScriptedGateway.StartRawAsync(connection => connection.SendAsync(RecordedFrames.Challenge));

        var late = await Assert.ThrowsAsync<GatewayUnreachableException>(() => GatewayClient.ConnectAsync(
            new() { Url = gateway.Url, ConnectTimeout = TimeSpan.FromMilliseconds(200) }, Ct));

        Assert.Equal("no hello within 0.2 s", late.Message);
    }

    [Fact]
    public async Task Where_nothing_listens_the_address_is_named()
    {
        var gateway = await ScriptedGateway.StartAsync(_ => Task.CompletedTask);
        var url = gateway.Url;
        await gateway.DisposeAsync();

        var nobody = await Assert.ThrowsAsync<GatewayUnreachableException>(() => GatewayClient.ConnectAsync(new() { Url = url }, Ct));

        Assert.Equal(url, nobody.Url);
    }

    [Fact]
    public void The_token_is_not_in_the_text_of_the_options()
    {
        var options = new GatewayClientOptions { Url = new Uri("ws://user:pass@host/?token=hidden"), Token = "secret" };

        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pass", options.ToString(), StringComparison.Ordinal);
    }
}
