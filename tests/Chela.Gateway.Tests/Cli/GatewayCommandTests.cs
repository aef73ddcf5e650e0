using System.Text.Json;
using Chela.Cli;
using Chela.Gateway.Tests.Client;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class GatewayCommandTests
{
    [Fact]
    public async Task Status_shows_the_facts_in_plain_lines_when_nobody_watches()
    {
        await using var gateway = await StatusGatewayAsync();

        var status = await ChelaProcess.RunAsync(["gateway", "status", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(0, status.ExitCode);
        Assert.Equal(
            $"""
            gateway   {gateway.Url}
            version   2026.9.6
            health    ok
            uptime    1 h 2 min
            sessions  3
            model     fake-model

            """.ReplaceLineEndings("\n"),
            status.Output);
        Assert.Empty(status.Error);
    }

    [Fact]
    public async Task Status_as_json_is_what_the_gateway_answered()
    {
        await using var gateway = await StatusGatewayAsync();

        var status = await ChelaProcess.RunAsync(["gateway", "status", "--json"], environment: ("CHELA_URL", gateway.Url.AbsoluteUri));

        var json = JsonElement.Parse(status.Output);
        Assert.True(json.GetProperty("health").GetProperty("ok").GetBoolean());
        Assert.Equal(3, json.GetProperty("status").GetProperty("sessions").GetProperty("count").GetInt32());
    }

    [Fact]
    public void Status_on_a_screen_is_a_table_whose_values_are_not_markup()
    {
        using var output = new StringWriter();

        StatusTable.Print(output, [("model", "[red]x[/] [unclosed")]);

        Assert.Contains("[red]x[/] [unclosed", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\e[", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_sends_the_parameters_and_prints_the_answer()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            Assert.Equal("sessions.list", request.Method);
            Assert.Equal(5, request.Params.GetProperty("limit").GetInt32());
            await connection.AnswerAsync(request, """{"count":1,"name":"Zoë <b>"}""");
        });
        string[] line = ["gateway", "call", "sessions.list", "--params", """{"limit":5}""", "--url", gateway.Url.AbsoluteUri];

        var call = await ChelaProcess.RunAsync([.. line, "--json"]);

        Assert.Equal("""{"count":1,"name":"Zoë <b>"}""" + "\n", call.Output);
        Assert.Equal(0, call.ExitCode);
        await gateway.Played.Task;
    }

    [Fact]
    public async Task A_refused_call_is_1_with_the_code_and_the_message()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection => await connection.RefuseAsync(
            await connection.ReceiveAsync(), """{"code":"INVALID_REQUEST","message":"unknown method: nope"}"""));

        var call = await ChelaProcess.RunAsync(["gateway", "call", "nope", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(1, call.ExitCode);
        Assert.Empty(call.Output);
        Assert.Equal("INVALID_REQUEST: unknown method: nope\n", call.Error.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("""{"methods":{"health":{"scope":"read"},"status":{}}}""", """{"scope":"read"}""")]
    [InlineData("""{"methods":[{"name":"status"},{"name":"health","scope":"read"}]}""", """{"name":"health","scope":"read"}""")]
    public async Task Schema_of_one_method_is_picked_from_all(string schema, string one)
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            Assert.Equal("rpc.schema", request.Method);
            await connection.AnswerAsync(request, schema);
        });

        var shown = await ChelaProcess.RunAsync(["gateway", "schema", "health", "--json", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(one + "\n", shown.Output);
    }

    [Fact]
    public async Task Where_nothing_listens_it_says_how_to_start_a_gateway()
    {
        var gateway = await ScriptedGateway.StartAsync(_ => Task.CompletedTask);
        var url = gateway.Url;
        await gateway.DisposeAsync();

        var status = await ChelaProcess.RunAsync(["gateway", "status", "--url", url.AbsoluteUri]);

        Assert.Equal(69, status.ExitCode);
        Assert.StartsWith($"No gateway answers at {url}; start one with: chela gateway run", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_is_77_and_tells_where_tokens_are_looked_for_but_not_the_token()
    {
        await using var gateway = await ScriptedGateway.StartRawAsync(async connection =>
        {
            await connection.SendAsync(RecordedFrames.Challenge);
            await connection.RefuseAsync(await connection.ReceiveAsync(), RecordedFrames.WrongToken);
            await connection.CloseAsync(1008, "unauthorized");
        });

        var status = await ChelaProcess.RunAsync(
            ["gateway", "status", "--url", gateway.Url.AbsoluteUri], environment: ("CHELA_TOKEN", "wrong-secret"));

        Assert.Equal(77, status.ExitCode);
        Assert.StartsWith("unauthorized: gateway token mismatch", status.Error, StringComparison.Ordinal);
        Assert.Contains("--token, CHELA_TOKEN and, for loopback addresses, ", status.Error, StringComparison.Ordinal);
        Assert.Contains("came from CHELA_TOKEN", status.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_answer_in_time_is_75()
    {
        await using var gateway = await ScriptedGateway.StartAsync(connection => connection.ReceiveAsync());

        var call = await ChelaProcess.RunAsync(["gateway", "call", "health", "--timeout", "3", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(75, call.ExitCode);
        Assert.Equal("no answer to health within 3 s\n", call.Error.ReplaceLineEndings("\n"));
    }

    private static Task<ScriptedGateway> StatusGatewayAsync() => ScriptedGateway.StartAsync(async connection =>
    {
        for (var i = 0; i < 2; i++)
        {
            var request = await connection.ReceiveAsync();
            await connection.AnswerAsync(request, request.Method == "health" ? RecordedFrames.Health : RecordedFrames.Status);
        }
    });
}
