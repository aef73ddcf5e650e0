using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What a collector of OpenTelemetry hears of a message, from its arrival to its answer.</summary>
[Trait("Requirement", "O2")]
public sealed class TraceTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Cause = $"00-{Trace}-00f067aa0ba902b7-01";
    private const string Secret = "Bearer secret-of-the-collector";

    private readonly TempFolder _folder = new();
    private OtlpReceiver _collector = null!;
    private FakeOpenAi _model = null!;
    private FakeWebhook _program = null!;

    public async ValueTask InitializeAsync()
    {
        _collector = await OtlpReceiver.StartAsync();
        _model = await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken);
        _program = await FakeWebhook.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        await _model.DisposeAsync();
        await _collector.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_trace_follows_a_message_of_a_channel_through_models_and_tools_to_its_answer()
    {
        _model.Enqueue(FakeOpenAiReply.Calls(("fs_list", """{"path":"."}""")), FakeOpenAiReply.Text("Nothing is there."));
        var posted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _program.Answer = (_, context) =>
        {
            posted.TrySetResult(context.Request.Headers.TraceParent.ToString());
            return Task.CompletedTask;
        };
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await _program.PostAsync(gateway, FakeWebhook.Body("1", "What is there? sk-aaaabbbbccccddddeeee"), traceParent: Cause);
            await _program.CountAsync(1);
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        var spans = _collector.Spans.Where(span => span.TraceId == Trace).ToList();
        var request = One("POST /webhook/{account}");
        var run = One("run");
        var chats = spans.Where(span => span.Name == "chat gpt-test").ToList();
        Assert.Equal(("00f067aa0ba902b7", request.SpanId, request.SpanId), (request.ParentId, One("inbox.accept").ParentId, run.ParentId));
        Assert.Equal(request.SpanId, One("lane.wait").ParentId);
        Assert.Equal([run.SpanId, run.SpanId, run.SpanId, run.SpanId], chats.Append(One("execute_tool fs_list")).Append(One("deliver")).Select(span => span.ParentId));
        Assert.Equal(("webhook:desk:1", "Done", "main"), (run.Tags["chela.run"], run.Tags["chela.status"], run.Tags["gen_ai.agent.id"]));
        Assert.Equal(chats.Select(span => $"00-{Trace}-{span.SpanId}-01").Order(), _model.Requests.Select(asked => asked.Headers["traceparent"]).Order());
        Assert.Equal($"00-{Trace}-{One("deliver").SpanId}-01", await posted.Task);
        Assert.Contains("chela.run.duration", _collector.Instruments);
        Assert.Equal([Secret], _collector.Credentials);
        foreach (var secret in new[] { "secret-of", "What is there", "Nothing is there", "sk-", FakeWebhook.Secret })
        {
            Assert.DoesNotContain(secret, _collector.Everything, StringComparison.Ordinal);
        }

        ReceivedSpan One(string name) => Assert.Single(spans, span => span.Name == name);
    }

    [Fact]
    public async Task A_call_names_the_trace_that_it_belongs_to()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var rpc = await WireClient.OpenAsync($"{gateway.Url}/rpc", ("Authorization", $"Bearer {gateway.Token}"));
            await using var plain = await WireClient.OpenAsync($"{gateway.Url}/plain", ("Authorization", $"Bearer {gateway.Token}"));
            await using var openClaw = await gateway.OpenOpenClawAsync();
            await AskAsync(rpc, $$"""{"jsonrpc":"2.0","id":1,"method":"health","traceparent":"00-{{1:d32}}-00f067aa0ba902b7-01"}""");
            await AskAsync(plain, $$"""{"id":1,"method":"health","traceparent":"00-{{2:d32}}-00f067aa0ba902b7-01"}""");
            await AskAsync(openClaw, $$"""{"type":"req","id":"1","method":"health","traceparent":"00-{{3:d32}}-00f067aa0ba902b7-01"}""");
            await AskAsync(plain, """{"id":2,"method":"health","traceparent":"none"}""");
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        var calls = _collector.Spans.Where(span => span.Name == "health").ToList();
        Assert.Equal([$"{1:d32}", $"{2:d32}", $"{3:d32}"], calls.Where(span => span.ParentId == "00f067aa0ba902b7").Select(span => span.TraceId).Order());
        Assert.Single(calls, span => span.ParentId.Length == 0);
    }

    private static async Task AskAsync(WireClient client, string call)
    {
        await client.SendAsync(call);
        await client.ReceiveAsync(answer => answer.TryGetProperty("id", out _));
    }

    private GatewayStart Start()
    {
        var otel = new JsonObject
        {
            ["enabled"] = true,
            ["endpoint"] = _collector.Url,
            ["headers"] = new JsonObject { ["Authorization"] = Secret },
        };
        return _program.StartIn(_folder, more: new JsonObject { ["diagnostics"] = new JsonObject { ["otel"] = otel } }.ToJsonString()) with
        {
            Environment = [("OPENAI_API_KEY", "sk-aaaabbbbccccddddeeee"), ("OPENAI_BASE_URL", _model.BaseUrl), ("CHELA_AGENTS__DEFAULTS__MODEL", "openai/gpt-test")],
        };
    }
}
