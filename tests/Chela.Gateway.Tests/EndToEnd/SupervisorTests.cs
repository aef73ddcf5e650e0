using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Plans, and what becomes of runs under way when the configuration changes, through the real executable and a scripted model.</summary>
[Trait("Requirement", "G1")]
public sealed class SupervisorTests : ScriptedModelTest
{
    private const string ConfigFile = "chela.json";

    [Fact]
    [Trait("Requirement", "G2")]
    public async Task A_client_sees_the_plan_and_two_of_its_steps_at_the_same_time()
    {
        var (both, asked) = (new TaskCompletionSource(), 0);
        Model.Script = request => request.Messages[^1] switch
        {
            var task when task.Contains("Describe the", StringComparison.Ordinal) && !task.Contains("Result of", StringComparison.Ordinal) =>
                Arrived(FakeOpenAiReply.Text("It is ", "deep.").After(both.Task)),
            var task when task.Contains("## Result of sea", StringComparison.Ordinal) && task.Contains("Write a poem.", StringComparison.Ordinal) => FakeOpenAiReply.Text("Roses."),
            var answers when answers.Contains("Roses.", StringComparison.Ordinal) => FakeOpenAiReply.Text("Here is your poem."),
            _ => FakeOpenAiReply.Calls(("plan", """
                {"steps":[{"id":"sea","task":"Describe the sea."},{"id":"sky","task":"Describe the sky."},{"id":"poem","task":"Write a poem.","needs":["sea","sky"]}]}
                """)),
        };
        await using var gateway = await StartAsync("""{"agents":{"defaults":{"mode":"multi"}}}""");
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "run", "Write about sea and sky.");
        var plans = new List<string>();
        while (plans.LastOrDefault() != "completed completed completed")
        {
            var told = await client.ReceiveAsync(frame => frame.Text("event") == "agent" && frame.Text("payload/stream") == "plan" && frame.Text("payload/runId") == "run");
            plans.Add(string.Join(' ', told.List("payload/data/steps").Select(step => step.Text("status"))));
        }

        var end = await client.ChatEndAsync("run");
        Assert.Equal("in_progress pending pending", plans[0]);
        Assert.Contains("in_progress in_progress pending", plans);
        Assert.Equal("completed completed in_progress", plans[^2]);
        Assert.Equal("Here is your poem.", end.Text("message/content/0/text"));

        FakeOpenAiReply Arrived(FakeOpenAiReply reply)
        {
            // Each waits for the other: they answer only if they are asked at the same time.
            if (Interlocked.Increment(ref asked) == 2)
            {
                both.SetResult();
            }

            return reply;
        }
    }

    [Fact]
    public async Task What_steps_take_counts_for_the_run_that_planned_them_and_ends_them_all()
    {
        Model.Enqueue(
            FakeOpenAiReply.Calls(("plan", """{"steps":[{"id":"a","task":"One.","agent":"helper"},{"id":"b","task":"Two.","agent":"helper","needs":["a"]}]}""")),
            FakeOpenAiReply.Text("First."));
        await using var gateway = await StartAsync("""{"agents":{"list":[{"id":"main","mode":"multi","budget":{"runTokens":14}},{"id":"helper"}]}}""");
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "run", "Do both.");
        var failed = await client.ReceiveAsync(frame =>
            frame.Text("payload/stream") == "plan" && frame.List("payload/data/steps").Any(step => step.Text("status") == "failed"));
        var end = await client.ChatEndAsync("run");

        Assert.Equal(["completed", "failed"], failed.List("payload/data/steps").Select(step => step.Text("status")));
        Assert.Equal("error", end.Text("state"));
        Assert.Contains("The budget is used up", end.Text("errorMessage"), StringComparison.Ordinal);
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "G3")]
    [Trait("Requirement", "K3")]
    public async Task A_tool_that_is_denied_in_the_middle_of_a_run_is_neither_used_nor_offered_from_then_on()
    {
        var gate = new TaskCompletionSource();
        Model.Enqueue(
            FakeOpenAiReply.Calls(("fs_list", "{}")),
            FakeOpenAiReply.Calls(("fs_list", "{}")).After(gate.Task),
            FakeOpenAiReply.Text("I may not look any more."));
        await using var gateway = await StartAsync("""{"tools":{"allow":["fs.*"]}}""");
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "run", "What is there?");
        await Model.NextRequestAsync(Ct);
        var second = await Model.NextRequestAsync(Ct);
        await File.WriteAllTextAsync(Path.Combine(gateway.StateDirectory, ConfigFile), """{"tools":{"deny":["fs.*"]}}""", Ct);
        await client.ReceiveAsync(frame => frame.Text("event") == "config.changed");
        gate.SetResult();
        var third = await Model.NextRequestAsync(Ct);
        var end = await client.ChatEndAsync("run");

        Assert.Contains("fs_list", Tools(second));
        Assert.DoesNotContain(Tools(third), name => name.StartsWith("fs_", StringComparison.Ordinal));
        Assert.StartsWith("tool: Error: The tool fs_list may not be used", third.Messages[^1], StringComparison.Ordinal);
        Assert.Equal("I may not look any more.", end.Text("message/content/0/text"));
    }

    [Fact]
    [Trait("Requirement", "O3")]
    public async Task Runs_that_follow_each_other_use_one_connection_to_the_provider()
    {
        await using var gateway = await StartAsync("{}");
        await using var client = await gateway.OpenOpenClawAsync();

        foreach (var run in new[] { "one", "two", "three" })
        {
            await client.SendChatAsync(run, run, "Hello");
            await client.ChatEndAsync(run);
        }

        Assert.Equal(3, Model.Requests.Count);
        Assert.Single(Model.Requests.Select(request => request.ConnectionId).Distinct());
    }

    private static IEnumerable<string> Tools(FakeOpenAiRequest request) => request.Body.List("tools").Select(tool => tool.Text("function/name") ?? "");

    private async Task<GatewayProcess> StartAsync(string config)
    {
        var state = Directory.CreateDirectory(Path.Combine(Folder.Path, "state")).FullName;
        await File.WriteAllTextAsync(Path.Combine(state, ConfigFile), config, Ct);
        return await GatewayProcess.StartAsync(new GatewayStart(Folder.Path)
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", Model.BaseUrl)],
        });
    }
}
