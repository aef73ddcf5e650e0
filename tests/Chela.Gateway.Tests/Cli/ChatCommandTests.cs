using System.Text.Json;
using Chela.Gateway.Tests.Client;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class ChatCommandTests
{
    [Fact]
    public async Task One_message_prints_exactly_the_reply()
    {
        await using var gateway = await ScriptedGateway.StartAsync(PlayRunAsync);

        var chat = await ChelaProcess.RunAsync(["chat", "Hello", "there", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal("lorem ipsum dolor sit\n", chat.Output);
        Assert.Empty(chat.Error);
        Assert.Equal(0, chat.ExitCode);
    }

    [Fact]
    public async Task The_message_goes_to_the_session_asked_for()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            Assert.Equal("agent:main:work", request.Params.GetProperty("sessionKey").GetString());
            Assert.Equal("-5 [red]degrees[/]?", request.Params.GetProperty("message").GetString());
            var runId = request.Params.GetProperty("idempotencyKey").GetGuid().ToString();
            await connection.AnswerAsync(request, $$"""{"runId":"{{runId}}","status":"started"}""");
            await connection.SendAsync(RecordedFrames.Final(runId, 1, "[bold]cold[/]"));
        });

        var chat = await ChelaProcess.RunAsync(
            ["chat", "--session", "agent:main:work", "--url", gateway.Url.AbsoluteUri, "--", "-5 [red]degrees[/]?"]);

        Assert.Equal("[bold]cold[/]\n", chat.Output);
        await gateway.Played.Task;
    }

    [Fact]
    public async Task Text_from_a_pipe_is_one_message()
    {
        var message = "";
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            message = request.Params.GetProperty("message").GetString()!;
            var runId = request.Params.GetProperty("idempotencyKey").GetString()!;
            await connection.AnswerAsync(request, $$"""{"runId":"{{runId}}","status":"started"}""");
            await connection.SendAsync(RecordedFrames.Final(runId, 1, "ja"));
        });

        var chat = await ChelaProcess.RunAsync(["chat", "--url", gateway.Url.AbsoluteUri], input: "erste Zeile: grün\nzweite\n");

        Assert.Equal("erste Zeile: grün\nzweite", message);
        Assert.Equal("ja\n", chat.Output);
    }

    [Fact]
    public async Task An_empty_pipe_is_no_message()
    {
        var chat = await ChelaProcess.RunAsync(["chat"], input: "\n");

        Assert.Equal(64, chat.ExitCode);
    }

    [Fact]
    public async Task Json_is_one_object_with_the_run_and_its_text()
    {
        await using var gateway = await ScriptedGateway.StartAsync(PlayRunAsync);

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--json", "--url", gateway.Url.AbsoluteUri]);

        var json = JsonElement.Parse(chat.Output);
        Assert.Equal("agent:main:main", json.GetProperty("sessionKey").GetString());
        Assert.True(Guid.TryParse(json.GetProperty("runId").GetString(), out _));
        Assert.Equal("lorem ipsum dolor sit", json.GetProperty("text").GetString());
        Assert.Equal("ok", json.GetProperty("status").GetString());
        Assert.Equal(200, json.GetProperty("usage").GetProperty("output").GetInt32());
        Assert.False(json.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task A_failed_run_is_1_with_the_gateways_reason()
    {
        await using var gateway = await ScriptedGateway.StartAsync(PlayFailureAsync);

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(1, chat.ExitCode);
        Assert.Empty(chat.Output);
        Assert.Equal("error: provider refused the request\n", chat.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_failed_run_as_json_has_status_and_error()
    {
        await using var gateway = await ScriptedGateway.StartAsync(PlayFailureAsync);

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--json", "--url", gateway.Url.AbsoluteUri]);

        var json = JsonElement.Parse(chat.Output);
        Assert.Equal(1, chat.ExitCode);
        Assert.Equal("error", json.GetProperty("status").GetString());
        Assert.Equal("provider refused the request", json.GetProperty("error").GetString());
        Assert.Equal("", json.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_refused_message_is_1()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection => await connection.RefuseAsync(
            await connection.ReceiveAsync(), """{"code":"INVALID_REQUEST","message":"invalid chat.send params: at /sessionKey: bad key"}"""));

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(1, chat.ExitCode);
        Assert.StartsWith("INVALID_REQUEST: invalid chat.send params", chat.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_69_and_one_line()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var runId = await connection.AcceptChatAsync();
            await connection.SendAsync(RecordedFrames.Delta(runId, 1, "lorem", "lorem"));
            await connection.CloseAsync(1012, "service restart");
        });

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(69, chat.ExitCode);
        Assert.StartsWith("lorem", chat.Output, StringComparison.Ordinal);
        Assert.Equal($"{gateway.Url}: connection closed (1012 service restart)\n", chat.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Where_nobody_watches_no_escape_is_printed_and_foreign_ones_are_left_as_they_are()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var runId = await connection.AcceptChatAsync();
            await connection.SendAsync(RecordedFrames.Final(runId, 1, @"a\u001b[31mb"));
        });

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--url", gateway.Url.AbsoluteUri], environment: ("TERM", "xterm-256color"));

        Assert.Equal("a\e[31mb\n", chat.Output);
        Assert.DoesNotContain("\e", chat.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deltas_are_printed_as_they_come_and_ctrl_c_aborts_the_run()
    {
        var aborted = new TaskCompletionSource<Request>();
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var runId = await connection.AcceptChatAsync();
            await connection.SendAsync(RecordedFrames.Delta(runId, 1, "lorem", "lorem"));
            var abort = await connection.ReceiveAsync();
            await connection.SendAsync(RecordedFrames.Aborted(runId, 2, "lorem ipsum"));
            await connection.AnswerAsync(abort, $$"""{"ok":true,"aborted":true,"runIds":["{{runId}}"]}""");
            aborted.SetResult(abort);
        });
        using var chela = ChelaProcess.Start(["chat", "SLOWMODE please", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal("lorem", await chela.ReadOutputAsync(5));
        chela.PressCtrlC();
        var end = await chela.EndAsync();

        var abort = await aborted.Task;
        Assert.Equal("chat.abort", abort.Method);
        Assert.Equal("main", abort.Params.GetProperty("sessionKey").GetString());
        Assert.True(abort.Params.TryGetProperty("runId", out _));
        Assert.Equal(" ipsum\n", end.Output);
        Assert.Equal(130, end.ExitCode);
    }

    [Fact]
    public async Task A_reply_that_takes_too_long_is_aborted()
    {
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var runId = await connection.AcceptChatAsync();
            var abort = await connection.ReceiveAsync();
            Assert.Equal("chat.abort", abort.Method);
            await connection.AnswerAsync(abort, """{"ok":true,"aborted":true,"runIds":[]}""");
            await connection.SendAsync(RecordedFrames.Aborted(runId, 1, ""));
        });

        var chat = await ChelaProcess.RunAsync(["chat", "hi", "--timeout", "3", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(75, chat.ExitCode);
        await gateway.Played.Task;
    }

    private static async Task PlayRunAsync(ScriptedConnection connection)
    {
        var runId = await connection.AcceptChatAsync();
        foreach (var frame in RecordedFrames.Run(runId))
        {
            await connection.SendAsync(frame);
        }
    }

    private static async Task PlayFailureAsync(ScriptedConnection connection) =>
        await connection.SendAsync(RecordedFrames.Failed(await connection.AcceptChatAsync(), 1));
}
