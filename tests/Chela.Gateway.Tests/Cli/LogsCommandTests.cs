using System.Text.Json;
using Chela.Gateway.Tests.Client;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O1")]
public sealed class LogsCommandTests
{
    private const string Debug = """{"time":"2026-11-26T10:00:00.000Z","0":"small","_meta":{"logLevelName":"DEBUG","name":"{\"subsystem\":\"gateway/inbox\"}"},"eventId":1}""";
    private const string Error = """{"time":"2026-11-26T10:00:01.000Z","0":"large","1":"because","_meta":{"logLevelName":"ERROR","name":"{\"subsystem\":\"gateway/outbox\"}"},"eventId":2}""";

    [Fact]
    public async Task Lines_are_shown_in_columns_and_what_is_no_line_is_left_out()
    {
        var (shown, _) = await ShowAsync();

        Assert.Equal(
            "2026-11-26T10:00:00.000Z DEBUG gateway/inbox: small\n2026-11-26T10:00:01.000Z ERROR gateway/outbox: large\nbecause\n", shown.Output);
    }

    [Fact]
    public async Task Less_important_lines_can_be_left_out_and_programs_get_them_as_they_are()
    {
        var (shown, asked) = await ShowAsync("--level", "warn", "--json", "--limit", "7");

        Assert.Equal(Error + "\n", shown.Output);
        Assert.Equal("7", asked.Text("limit"));
    }

    [Fact]
    public async Task Of_one_session_or_run_only_its_lines_are_shown()
    {
        var mine = Debug.Replace("\"eventId\"", "\"session\":\"agent:main:main\",\"run\":\"r1\",\"eventId\"", StringComparison.Ordinal);

        var (ofSession, asked) = await ShowAsync([mine, Debug], "--session", "main", "--json", "--limit", "7");
        var (ofRun, _) = await ShowAsync([mine, Error], "--run", "r1", "--json");
        var (ofOther, _) = await ShowAsync([mine, Error], "--run", "r2", "--json");

        Assert.Equal((mine + "\n", mine + "\n", ""), (ofSession.Output, ofRun.Output, ofOther.Output));
        Assert.Equal("5000", asked.Text("limit"));
    }

    [Fact]
    public async Task A_level_is_changed_for_a_while()
    {
        JsonElement asked = default;
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            asked = request.Params;
            await connection.AnswerAsync(request, """{"levels":[{"slice":"agents","level":"debug","source":"wanted","untilMs":1795262400000},{"slice":"bus","level":"info","source":"default"}]}""");
        });

        var shown = await ChelaProcess.RunAsync(["logs", "level", "agents", "debug", "--for", "10m", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal(("agents", "debug", "600000"), (asked.Text("slice"), asked.Text("level"), asked.Text("forMs")));
        Assert.Equal("agents        debug   wanted until 2026-11-21 12:00:00Z\nbus           info    default\n", shown.Output);
    }

    [Theory]
    [InlineData("agents")]
    [InlineData("agents", "debug", "--for", "10")]
    [InlineData("agents", "debug", "--for", "m")]
    public async Task A_level_that_cannot_be_is_refused(params string[] words) =>
        Assert.Equal(64, (await ChelaProcess.RunAsync(["logs", "level", .. words])).ExitCode);

    [Fact]
    public async Task Following_goes_on_where_the_last_answer_ended_until_the_person_leaves()
    {
        var cursors = new List<string?>();
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            foreach (var (line, cursor) in new[] { (Debug, 10), (Error, 20) })
            {
                var request = await connection.ReceiveAsync();
                cursors.Add(request.Params.Text("cursor"));
                await connection.AnswerAsync(request, Answer(cursor, line));
            }
        });
        using var logs = ChelaProcess.Start(["logs", "-f", "--url", gateway.Url.AbsoluteUri]);

        await logs.ReadOutputAsync("2026-11-26T10:00:00.000Z DEBUG gateway/inbox: small\n2026-11-26T10:00:01.000Z".Length);
        logs.PressCtrlC();

        Assert.Equal(130, (await logs.EndAsync()).ExitCode);
        Assert.Equal([null, "10"], cursors);
    }

    [Fact]
    public async Task Of_a_gateway_that_does_not_run_the_file_is_shown()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "logs")).FullName, "gateway.log");
        await File.WriteAllLinesAsync(file, [Debug, Error], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "gateway.lock"), """{"url":"ws://127.0.0.1:1"}""", TestContext.Current.CancellationToken);

        var shown = await ChelaProcess.RunAsync(["logs", "--limit", "1", "--state-dir", folder.Path]);

        Assert.Equal((0, "2026-11-26T10:00:01.000Z ERROR gateway/outbox: large\nbecause\n"), (shown.ExitCode, shown.Output));
        Assert.Contains(file, shown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--limit", "0")]
    [InlineData("--limit", "5001")]
    [InlineData("--level", "loud")]
    public async Task What_cannot_be_is_refused(string option, string value) =>
        Assert.Equal(64, (await ChelaProcess.RunAsync(["logs", option, value])).ExitCode);

    private static Task<(Result Shown, JsonElement Asked)> ShowAsync(params string[] options) => ShowAsync([Debug, "no line", "{}", Error], options);

    private static async Task<(Result Shown, JsonElement Asked)> ShowAsync(string[] lines, params string[] options)
    {
        JsonElement asked = default;
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            asked = request.Params;
            await connection.AnswerAsync(request, Answer(10, lines));
        });
        var shown = await ChelaProcess.RunAsync(["logs", "--url", gateway.Url.AbsoluteUri, .. options]);
        Assert.Equal(0, shown.ExitCode);
        return (shown, asked);
    }

    private static string Answer(int cursor, params string[] lines) =>
        $$"""{"file":"gateway.log","cursor":{{cursor}},"size":{{cursor}},"lines":{{JsonSerializer.Serialize(lines)}},"truncated":false,"reset":false}""";
}
