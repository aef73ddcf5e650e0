using System.Text.Json;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Sessions.Attachments;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.Anthropic;

[Trait("Requirement", "G5")]
public sealed class AnthropicClientTests : IAsyncLifetime
{
    private const string Key = "sk-ant-canary-0123456789";

    private readonly HttpClient _http = ProviderHttp.CreateClient();
    private FakeOpenAi _server = null!;
    private IChatClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeOpenAi.StartAsync(Ct);
        var provider = new ModelProviderConfig
        {
            BaseUrl = _server.Address,
            ApiKey = Key,
            Headers = new Dictionary<string, string> { ["X-Team"] = "crab" },
        };
        var models = TestModels.Read(new ChelaConfig { Models = new() { Providers = new Dictionary<string, ModelProviderConfig> { ["anthropic"] = provider } } });
        _client = new ProviderCatalog(models, TimeProvider.System, () => _http).Resolve("anthropic/claude-haiku-4-5").Client;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_reply_comes_as_it_is_written_with_its_usage()
    {
        _server.Enqueue(new FakeAnthropicEvents().Text("Good ", "day").Stop("end_turn").ToReply());

        var (updates, failure) = await AskAsync(new ChatMessage(ChatRole.System, "Be kind."), new ChatMessage(ChatRole.User, "Hi"));

        Assert.Null(failure);
        Assert.Equal(["Good ", "day"], updates.Select(update => update.Text).Where(text => text.Length > 0));
        Assert.Single(updates.SelectMany(update => update.Contents.OfType<UsageContent>()));
        var whole = updates.ToChatResponse();
        Assert.Equal((ChatFinishReason.Stop, 5, 7), (whole.FinishReason, whole.Usage?.InputTokenCount, whole.Usage?.OutputTokenCount));
        var request = Assert.Single(_server.Requests);
        Assert.Equal(("/v1/messages", Key, "crab"), (request.Path, request.Headers["Authorization"]["Bearer ".Length..], request.Headers["X-Team"]));
        Assert.Equal(64_000, request.Body.GetProperty("max_tokens").GetInt32());
        Assert.Contains("Be kind.", request.Body.GetProperty("system").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task Calls_of_tools_are_read_and_their_results_sent()
    {
        _server.Enqueue(
            new FakeAnthropicEvents().Text("Let me see.").Call("t1", "look", "{\"at\":", "\"sky\"}").Call("t2", "listen").Stop("tool_use").ToReply(),
            new FakeAnthropicEvents().Text("Blue.").Stop("end_turn").ToReply());
        var tools = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("look", "Looks.", Schema("""{"type":"object","properties":{"at":{"type":"string"}}}"""))] };
        var question = new ChatMessage(ChatRole.User, "What do you see?");

        var first = await _client.GetResponseAsync([question], tools, Ct);
        FunctionCallContent[] calls = [.. first.Messages[0].Contents.OfType<FunctionCallContent>()];
        var results = new ChatMessage(ChatRole.Tool, [.. calls.Select(call => new FunctionResultContent(call.CallId, "all is well"))]);
        tools.ToolMode = ChatToolMode.None;
        var second = await _client.GetResponseAsync([question, .. first.Messages, results], tools, Ct);

        Assert.Equal(["look", "listen"], calls.Select(call => call.Name));
        Assert.Equal("sky", calls[0].Arguments?["at"]?.ToString());
        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal("Blue.", second.Text);
        var sent = _server.Requests[1].Body.GetProperty("messages");
        Assert.Equal("t1", sent[1].GetProperty("content")[1].GetProperty("id").GetString());
        Assert.Equal("t2", sent[2].GetProperty("content")[1].GetProperty("tool_use_id").GetString());
        Assert.Equal("none", _server.Requests[1].Body.Find("tool_choice/type")?.GetString());
        Assert.Equal("look", _server.Requests[0].Body.GetProperty("tools")[0].GetProperty("name").GetString());
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task Thoughts_are_no_part_of_the_answer_and_go_back_sealed_with_the_results_of_tools()
    {
        _server.Enqueue(
            new FakeAnthropicEvents().Thought("Where is it?", "seal-1").Call("t1", "look").Stop("tool_use").ToReply(),
            new FakeAnthropicEvents().Text("Blue.").Stop("end_turn").ToReply(),
            new FakeAnthropicEvents().Text("Blue.").Stop("end_turn").ToReply());
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.CreateDeclaration("look", "Looks.", Schema("""{"type":"object"}"""))],
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High },
        };
        var question = new ChatMessage(ChatRole.User, "What do you see?");

        var first = await _client.GetResponseAsync([question], options, Ct);
        var results = new ChatMessage(ChatRole.Tool, [new FunctionResultContent("t1", "a sky")]);
        await _client.GetResponseAsync([question, .. first.Messages, results], options, Ct);
        var forgotten = new ChatMessage(ChatRole.Assistant, [.. first.Messages[0].Contents.Where(content => content is FunctionCallContent)]);
        await _client.GetResponseAsync([question, forgotten, results], options, Ct);

        Assert.Equal("", first.Text);
        var (asked, again, without) = (_server.Requests[0].Body, _server.Requests[1].Body, _server.Requests[2].Body);
        Assert.Equal("enabled", asked.Text("thinking/type"));
        Assert.InRange(asked.GetProperty("thinking").GetProperty("budget_tokens").GetInt32(), 1024, asked.GetProperty("max_tokens").GetInt32() - 1);
        Assert.Equal(
            ("thinking", "Where is it?", "seal-1"),
            (again.Text("messages/1/content/0/type"), again.Text("messages/1/content/0/thinking"), again.Text("messages/1/content/0/signature")));
        Assert.NotEqual("enabled", without.Text("thinking/type"));
    }

    [Fact]
    [Trait("Requirement", "B2")]
    public async Task A_picture_is_shown()
    {
        _server.Enqueue(new FakeAnthropicEvents().Text("A pixel.").Stop("end_turn").ToReply());
        var picture = new DataContent(SampleFiles.Png, "image/png") { Name = "photo.png" };

        await AskAsync(new ChatMessage(ChatRole.User, [picture, new TextContent("What is it?")]));

        var sent = _server.Requests[0].Body.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal(("image", "base64", "image/png"), (sent[0].Text("type"), sent[0].Text("source/type"), sent[0].Text("source/media_type")));
        Assert.Equal(Convert.ToBase64String(SampleFiles.Png), sent[0].Text("source/data"));
        Assert.Equal("What is it?", sent[1].Text("text"));
    }

    [Theory]
    [InlineData(401, "authentication_error", "invalid x-api-key", "Authentication")]
    [InlineData(403, "permission_error", "no", "Authentication")]
    [InlineData(404, "not_found_error", "model: claude-x", "NotFound")]
    [InlineData(429, "rate_limit_error", "slow down", "Rate")]
    [InlineData(400, "invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum", "ContextTooLong")]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low to access the API.", "Quota")]
    [InlineData(400, "invalid_request_error", "messages: roles must alternate", "InvalidRequest")]
    [InlineData(413, "request_too_large", "big", "ContextTooLong")]
    [InlineData(500, "api_error", "oh", "Overload")]
    [InlineData(529, "overloaded_error", "Overloaded", "Overload")]
    public async Task A_refusal_has_its_kind(int status, string type, string message, string kind)
    {
        var body = $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"}}""";
        _server.Enqueue(FakeOpenAiReply.FailureBody(status, body, retryAfter: "7"));

        var (_, failure) = await AskAsync(new ChatMessage(ChatRole.User, "Hi"));

        Assert.Equal((kind, status, 7d), (failure?.Error.Kind.ToString(), failure?.Error.HttpStatus, failure?.Error.RetryAfter?.TotalSeconds));
        Assert.DoesNotContain(Key, failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_cut_is_no_reply()
    {
        _server.Enqueue(new FakeAnthropicEvents().Text("Once upon").ToReply());

        var (updates, failure) = await AskAsync(new ChatMessage(ChatRole.User, "Hi"));

        Assert.Equal("Once upon", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(ProviderErrorKind.Network, failure?.Error.Kind);
    }

    [Fact]
    public async Task A_failure_inside_a_stream_has_its_kind()
    {
        _server.Enqueue(new FakeAnthropicEvents().Text("Once").Error("overloaded_error").ToReply());

        var (_, failure) = await AskAsync(new ChatMessage(ChatRole.User, "Hi"));

        Assert.Equal(ProviderErrorKind.Overload, failure?.Error.Kind);
    }

    [Theory]
    [InlineData("<html>login</html>", "text/html")]
    [InlineData("event: message_start\ndata: {\"type\":\"message_start\"\n\n", "text/event-stream")]
    [InlineData("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":7}\n\n", "text/event-stream")]
    public async Task An_answer_that_is_none_is_an_error(string body, string contentType)
    {
        _server.Enqueue(FakeOpenAiReply.Body(body, contentType));

        var (_, failure) = await AskAsync(new ChatMessage(ChatRole.User, "Hi"));

        Assert.True(failure?.Error.Kind is ProviderErrorKind.Malformed or ProviderErrorKind.Network, failure?.ToString());
    }

    [Fact]
    public async Task Arguments_that_are_no_object_are_told_as_the_models_mistake()
    {
        _server.Enqueue(new FakeAnthropicEvents().Call("t1", "look", "{\"at\":").Stop("tool_use").ToReply());

        var (updates, failure) = await AskAsync(new ChatMessage(ChatRole.User, "Hi"));

        Assert.Null(failure);
        Assert.NotNull(Assert.Single(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>()).Exception);
    }

    [Fact]
    public async Task A_refused_content_is_a_failure()
    {
        _server.Enqueue(new FakeAnthropicEvents().Stop("refusal").ToReply());

        var (_, failure) = await AskAsync(new ChatMessage(ChatRole.User, "Hi"));

        Assert.Equal(ProviderErrorKind.ContentRefused, failure?.Error.Kind);
    }

    [Fact]
    public async Task A_caller_who_cancels_sees_a_cancellation_and_the_connection_is_given_up()
    {
        _server.Enqueue(FakeOpenAiReply.Silence());
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var answer = _client.GetResponseAsync("Hi", cancellationToken: cancel.Token);
        var request = await _server.NextRequestAsync(Ct);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await request.Aborted.WaitAsync(Ct);
    }

    private async Task<(List<ChatResponseUpdate> Updates, ProviderException? Failure)> AskAsync(params ChatMessage[] messages)
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in _client.GetStreamingResponseAsync(messages, cancellationToken: Ct))
            {
                updates.Add(update);
            }
        }
        catch (ProviderException failure)
        {
            return (updates, failure);
        }

        return (updates, null);
    }

    private static JsonElement Schema(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
