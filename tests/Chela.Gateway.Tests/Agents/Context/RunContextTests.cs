using Chela.Contracts.Sessions;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Agents.Tools;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Context;

/// <summary>Runs whose own steps outgrow the context of their model.</summary>
[Trait("Requirement", "B4")]
public sealed class RunContextTests
{
    private const string Small = """{ "agents": { "defaults": { "contextTokens": 4000, "compaction": { "keepRecentTokens": 1500, "enabled": ENABLED, "memoryFlush": { "enabled": false } } } } }""";

    [Fact]
    public async Task The_older_steps_are_summarized_once_and_the_oldest_left_out_after_that_and_none_is_lost()
    {
        await using var trial = await StartAsync(isEnabled: true);
        trial.Model.Enqueue([.. Steps(1, 5), FakeOpenAiReply.Text("The summary."), .. Steps(6, 12), FakeOpenAiReply.Text("Done.")]);

        var result = await trial.RunAsync("Look everywhere");

        Assert.Equal((TurnStatus.Done, "Done."), (result.Status, result.Text));
        var requests = trial.Model.Requests;
        var summary = Assert.Single(requests, request => request.Body.Find("tools") is null);
        Assert.Equal(summary, requests[5]);
        Assert.All(requests.Where(request => request != summary), ModelMessages.AssertPaired);
        Assert.All(requests.Skip(6), request => Assert.Contains("The summary.", request.Messages[0], StringComparison.Ordinal));
        Assert.All(requests.Where(request => request != summary), request => Assert.Contains("user: Look everywhere", request.Messages));
        Assert.All(requests, request => Assert.InRange(request.Messages.Sum(message => message.Length), 0, 4000 * 4));
        Assert.Contains(requests[^1].Messages, message => message.Contains("place 12 ", StringComparison.Ordinal));
        var lines = await trial.TranscriptAsync();
        Assert.Equal(Enumerable.Range(1, 12), lines.Where(line => line.Uses is not null).Select(line => int.Parse(line.Uses![0].Result.Split(' ')[1], null)));
        Assert.Single(lines, line => line.Compacted is not null);
        Assert.Equal(1, trial.Parts.Get<SessionTable>().Find(SessionKey.Main)!.CompactionCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_summary_the_oldest_steps_are_left_out(bool isEnabled)
    {
        await using var trial = await StartAsync(isEnabled);
        FakeOpenAiReply[] refused = isEnabled ? [FakeOpenAiReply.Failure(400, "invalid_request_error", "It cannot be done")] : [];
        trial.Model.Enqueue([.. Steps(1, 5), .. refused, .. Steps(6, 8), FakeOpenAiReply.Text("Done.")]);

        Assert.Equal("Done.", (await trial.RunAsync("Look everywhere")).Text);

        var last = trial.Model.Requests[^1];
        ModelMessages.AssertPaired(last);
        Assert.Equal("user: Look everywhere", last.Messages[0]);
        Assert.DoesNotContain(last.Messages, message => message.Contains("place 1 ", StringComparison.Ordinal));
        Assert.Contains(last.Messages, message => message.Contains("place 8 ", StringComparison.Ordinal));
        Assert.Equal(10, (await trial.TranscriptAsync()).Count);
    }

    [Fact]
    public async Task The_next_run_reads_the_summary_and_the_steps_after_it()
    {
        await using var trial = await StartAsync(isEnabled: true);
        trial.Model.Enqueue([.. Steps(1, 5), FakeOpenAiReply.Text("The summary."), FakeOpenAiReply.Text("Done."), FakeOpenAiReply.Text("Yes.")]);

        await trial.RunAsync("Look everywhere");
        await trial.RunAsync("Sure?");

        var next = trial.Model.Requests[^1];
        ModelMessages.AssertPaired(next);
        Assert.Contains("The summary.", next.Messages[0], StringComparison.Ordinal);
        Assert.Equal("user: Look everywhere", next.Messages[1]);
        Assert.Equal("user: Sure?", next.Messages[^1]);
        Assert.Contains(next.Messages, message => message.Contains("place 5 ", StringComparison.Ordinal));
        Assert.DoesNotContain(next.Messages, message => message.Contains("place 1 ", StringComparison.Ordinal));
    }

    /// <summary>Each look gives about 750 tokens.</summary>
    private static Task<ToolTrial> StartAsync(bool isEnabled)
    {
        var look = new ProbeTool("look", (arguments, _) => Task.FromResult(
            new ToolResult($"place {arguments.Text("at")} {new string('x', 2990)}")));
        return ToolTrial.StartAsync(Small.Replace("ENABLED", isEnabled ? "true" : "false", StringComparison.Ordinal), look);
    }

    private static IEnumerable<FakeOpenAiReply> Steps(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(at => FakeOpenAiReply.Events(
            FakeOpenAiChunks.Call(0, $"c{at}", "look", $$"""{"at":{{at}}}"""), FakeOpenAiChunks.Finish("tool_calls"), FakeOpenAiChunks.Usage(3), "[DONE]"));
}
