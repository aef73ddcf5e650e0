using Chela.Cli;
using Chela.Cli.Chat;
using Chela.Client;
using Chela.Gateway.Tests.Client;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class ConversationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_line_is_a_message_and_so_is_each_command_of_the_gateway()
    {
        var messages = new List<string?>();
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            for (var i = 1; i <= 2; i++)
            {
                var request = await connection.ReceiveAsync();
                messages.Add($"{request.Params.GetProperty("sessionKey")} {request.Params.GetProperty("message")}");
                var runId = request.Params.GetProperty("idempotencyKey").GetString()!;
                await connection.AnswerAsync(request, $$"""{"runId":"{{runId}}","status":"started"}""");
                await connection.SendAsync(RecordedFrames.Final(runId, i, $"reply {i}"));
            }
        });

        var (exit, output, _) = await TalkAsync(gateway, "hello\n\n/new\n/quit\nnever said\n");

        Assert.Equal(0, exit);
        Assert.Equal("reply 1\nreply 2\n", output);
        Assert.Equal(["main hello", "main /new"], messages);
    }

    [Fact]
    public async Task A_refused_message_does_not_end_the_conversation()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            await connection.RefuseAsync(await connection.ReceiveAsync(), """{"code":"UNAVAILABLE","message":"server is busy"}""");
            await connection.SendAsync(RecordedFrames.Final(await connection.AcceptChatAsync(), 1, "now"));
        });

        var (_, output, error) = await TalkAsync(gateway, "one\ntwo\n");

        Assert.Equal("now\n", output);
        Assert.Contains("UNAVAILABLE: server is busy", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ok":true,"aborted":false,"runIds":[]}""", "Nothing runs here.\n")]
    [InlineData("""{"ok":true,"aborted":true,"runIds":["one"]}""", "Stopped.\n")]
    public async Task A_word_that_stops_is_answered_with_what_it_stopped(string answer, string reply)
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
            await connection.AnswerAsync(await connection.ReceiveAsync(), answer));

        var (exit, output, _) = await TalkAsync(gateway, "stop\n");

        Assert.Equal((0, reply), (exit, output));
    }

    [Fact]
    public async Task On_a_screen_foreign_control_characters_are_left_out()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection => await connection.SendAsync(
            RecordedFrames.Final(await connection.AcceptChatAsync(), 1, @"a\u001b]0;title\u0007b\tc\u009b1m")));

        var (_, output, _) = await TalkAsync(gateway, "hi\n/quit\n", screen: true);

        Assert.Equal("> a]0;titleb\tc1m\n> ", output);
    }

    private static async Task<(int Exit, string Output, string Error)> TalkAsync(ScriptedGateway gateway, string lines, bool screen = false)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = new StringReader(lines);
        using var interrupts = new Interrupts();
        await using var client = await GatewayClient.ConnectAsync(new() { Url = gateway.Url }, Ct);
        var target = new GatewayTarget(gateway.Url, Token: null, "nowhere", "gateway.token");
        var session = new GatewaySession(client, target, new Terminal(output, error, IsTerminal: screen, Colour: false), Json: false);

        var exit = await new Conversation(session, input, "main", interrupts, timeout: null).RunAsync();

        return (exit, output.ToString(), error.ToString());
    }
}
