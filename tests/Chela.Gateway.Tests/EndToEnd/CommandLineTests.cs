using System.Text.Json;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The commands of <c>chela</c> against a real gateway.</summary>
[Trait("Requirement", "O5")]
public sealed class CommandLineTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Chat_with_json_prints_one_object_with_the_reply()
    {
        var result = await RunAsync("chat", "Hello there", "--session", "json", "--json");

        var outcome = JsonElement.Parse(result.Output);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(("agent:main:json", "Hello there", "ok"), (outcome.Text("sessionKey"), outcome.Text("text"), outcome.Text("status")));
        Assert.False(string.IsNullOrEmpty(outcome.Text("runId")));
        Assert.Equal("2", outcome.Text("usage/output"));
    }

    [Fact]
    public async Task What_is_piped_in_is_the_message()
    {
        var result = await ChelaProcess.RunAsync(["chat", "--session", "piped", .. Where()], "two lines\nof Grüße\n");

        Assert.Equal((0, "two lines\nof Grüße\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Call_prints_the_answer_and_fails_with_the_gateways_words()
    {
        var listed = await RunAsync("gateway", "call", "sessions.list", "--params", """{"limit":1}""", "--json");
        var wrong = await RunAsync("gateway", "call", "sessions.list", "--params", """{"limit":"x"}""");
        var unknown = await RunAsync("gateway", "call", "no.such.method", "--json");

        Assert.Equal((0, "1"), (listed.ExitCode, JsonElement.Parse(listed.Output).Text("limitApplied")));
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains("at /limit: must be integer", wrong.Error, StringComparison.Ordinal);
        Assert.Equal((1, "INVALID_REQUEST"), (unknown.ExitCode, JsonElement.Parse(unknown.Output).Text("code")));
    }

    [Fact]
    [Trait("Requirement", "W6")]
    [Trait("Requirement", "A5")]
    public async Task Schema_describes_every_method_that_a_client_is_told_of()
    {
        var whole = await RunAsync("gateway", "schema", "--json");
        var one = await RunAsync("gateway", "schema", "chat.send", "--json");
        var none = await RunAsync("gateway", "schema", "no.such.method");

        var names = JsonElement.Parse(whole.Output).GetProperty("methods");
        var text = names.GetRawText();
        Assert.All(await MethodsAsync(), method => Assert.Contains($"\"{method}\"", text, StringComparison.Ordinal));
        Assert.Contains("idempotencyKey", JsonElement.Parse(one.Output).GetRawText(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 64), (whole.ExitCode, one.ExitCode, none.ExitCode));
    }

    [Fact]
    [Trait("Requirement", "K7")]
    public async Task Status_with_json_has_health_and_status()
    {
        var result = await RunAsync("gateway", "status", "--json");

        var report = JsonElement.Parse(result.Output);
        Assert.Equal((0, "true"), (result.ExitCode, report.Text("health/ok")));
        Assert.NotNull(report.Text("status/sessions/count"));
    }

    [Theory]
    [InlineData("chat", "hi")]
    [InlineData("gateway", "status")]
    [Trait("Requirement", "A1")]
    public async Task A_wrong_token_is_refused_with_its_own_exit_code(params string[] command)
    {
        var result = await ChelaProcess.RunAsync([.. command, "--url", fixture.Gateway.Url, "--token", "wrong-token-wrong-token"]);

        Assert.Equal((77, ""), (result.ExitCode, result.Output));
        Assert.Contains("token mismatch", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-token-wrong-token", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_gateway_the_command_says_how_to_start_one()
    {
        using var folder = new TempFolder();
        string url;
        await using (var gone = await GatewayProcess.StartAsync(new GatewayStart(folder.Path)))
        {
            url = gone.Url;
        }

        var result = await ChelaProcess.RunAsync(["chat", "hi", "--url", url, "--token", "any-token-any-token"]);

        Assert.Equal((69, ""), (result.ExitCode, result.Output));
        Assert.Contains("chela gateway run", result.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> MethodsAsync()
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();
        await client.SendAsync(OpenClawWire.Request("connect", "connect", OpenClawWire.ConnectParams(fixture.Gateway.Token)));
        return [.. (await client.ReceiveAsync()).List("payload/features/methods").Select(method => method.GetString()!)];
    }

    private Task<Result> RunAsync(params string[] arguments) => ChelaProcess.RunAsync([.. arguments, .. Where()]);

    private string[] Where() => ["--state-dir", fixture.Gateway.StateDirectory];
}
