using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.OpenAi;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

/// <summary>What only Responses have.</summary>
[Trait("Requirement", "G5")]
[Trait("Requirement", "G2")]
public sealed class ResponsesStreamTests() : OpenAiStreamTests(ModelProviderConfig.OpenAiResponses)
{
    [Fact]
    public async Task Tokens_of_thoughts_are_counted()
    {
        await using var trial = await StartAsync();

        var (updates, _) = await trial.StreamAsync();

        Assert.Equal(1, updates.ToChatResponse().Usage?.ReasoningTokenCount);
    }

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("something new", "length")]
    public async Task An_answer_that_is_not_whole_says_why(string reason, string finish)
    {
        await using var trial = await StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeResponsesEvents.Delta("cut short"), FakeResponsesEvents.Incomplete(reason)));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal(finish, updates[^1].FinishReason?.Value);
    }

    [Fact]
    public async Task An_answer_that_the_filter_removed_whole_is_a_refusal()
    {
        await using var trial = await StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeResponsesEvents.Created(), FakeResponsesEvents.Incomplete("content_filter")));

        var (_, failure) = await trial.StreamAsync();

        Assert.Equal("refusal", failure?.Error.ChatErrorKind);
    }

    [Fact]
    public async Task A_refusal_is_text_like_any_other()
    {
        await using var trial = await StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(
            """{"type":"response.refusal.delta","item_id":"m","output_index":0,"content_index":0,"delta":"I would rather not."}""", FakeResponsesEvents.Completed(3)));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal("I would rather not.", updates.ToChatResponse().Text);
    }

    [Theory]
    [InlineData("server_error", nameof(ProviderErrorKind.Overload))]
    [InlineData("rate_limit_exceeded", nameof(ProviderErrorKind.Rate))]
    [InlineData("insufficient_quota", nameof(ProviderErrorKind.Quota))]
    [InlineData("context_length_exceeded", nameof(ProviderErrorKind.ContextTooLong))]
    [InlineData("invalid_prompt", nameof(ProviderErrorKind.Unknown))]
    public async Task A_failure_inside_the_stream_has_its_kind(string code, string kind)
    {
        await using var trial = await StartAsync();
        trial.Server.Enqueue(
            FakeOpenAiReply.Events(FakeResponsesEvents.Delta("good "), FakeResponsesEvents.Failed(code, "secret-detail")),
            FakeOpenAiReply.Events(FakeResponsesEvents.Delta("good "), $$"""{"type":"error","code":"{{code}}","message":"secret-detail","param":null}"""),
            FakeOpenAiReply.Events($$$"""{"error":{"code":"{{{code}}}","message":"secret-detail"}}"""));

        for (var way = 0; way < 3; way++)
        {
            var (_, failure) = await trial.StreamAsync();

            Assert.Equal(kind, failure?.Error.Kind.ToString());
            Assert.DoesNotContain("secret-detail", failure?.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{not json", nameof(ProviderErrorKind.Malformed))]
    [InlineData("null", nameof(ProviderErrorKind.Malformed))]
    [InlineData("[1]", nameof(ProviderErrorKind.Malformed))]
    [InlineData("[DONE]", nameof(ProviderErrorKind.Malformed))]
    [InlineData("""{"choices":[{"delta":{"content":"another language"}}]}""", nameof(ProviderErrorKind.Malformed))]
    [InlineData("""{"type":7}""", nameof(ProviderErrorKind.Malformed))]
    [InlineData("""{"type":"response.output_text.delta","delta":5}""", nameof(ProviderErrorKind.Malformed))]
    [InlineData("""{"type":"response.output_text.delta","delta":"\ud83d"}""", nameof(ProviderErrorKind.Malformed))]
    [InlineData("""{"type":"response.completed","response":[]}""", nameof(ProviderErrorKind.Malformed))]
    [InlineData("""{"type":"response.failed","response":{"error":{"code":"server_error","message":"\ud83d"}}}""", nameof(ProviderErrorKind.Unknown))]
    [InlineData("""{"type":"response.failed"}""", nameof(ProviderErrorKind.Unknown))]
    public async Task Garbage_in_the_stream_is_a_failure(string data, string kind)
    {
        await using var trial = await StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeResponsesEvents.Delta("good "), data, FakeResponsesEvents.Completed(1)));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Equal(["good "], updates.Select(update => update.Text));
        Assert.Equal(kind, failure?.Error.Kind.ToString());
    }

    [Fact]
    public async Task Comments_thoughts_and_events_that_nobody_knows_are_passed_over()
    {
        await using var trial = await StartAsync();
        const string Stream = """
            : keep-alive

            event: response.in_progress
            data: {"type":"response.in_progress","response":{"id":"r"}}

            data: {"type":"response.reasoning_summary_text.delta","delta":"hm"}

            data: {"type":"response.invented.delta","delta":{"odd":[1]},"response":7}

            data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","summary":[],"encrypted_content":"x"}}

            data: {"type":"response.output_item.done","output_index":1,"item":null}

            data: {"type":"response.output_text.delta","delta":"fine"}

            data: {"type":"response.completed","response":{"usage":{"input_tokens":1,"output_tokens":2}}}

            data: {"type":"response.output_text.delta","delta":"too late"}
            """;
        trial.Server.Enqueue(FakeOpenAiReply.Body(Stream.ReplaceLineEndings("\r\n")));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        var reply = updates.ToChatResponse();
        Assert.Equal(("fine", ChatFinishReason.Stop, 3L), (reply.Text, reply.FinishReason, reply.Usage?.TotalTokenCount));
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task Calls_come_whole_at_the_end_and_of_a_stream_that_was_cut_none_is_made()
    {
        await using var trial = await StartAsync();
        string[] calls = [.. FakeResponsesEvents.Call(1, "call_1", "weather", """{"city":"Bern"}"""), .. FakeResponsesEvents.Call(2, "call_2", "time", "")];
        trial.Server.Enqueue(
            FakeOpenAiReply.Events([FakeResponsesEvents.Delta("I look."), .. calls, FakeResponsesEvents.Completed(9)]),
            FakeOpenAiReply.Events([FakeResponsesEvents.Delta("I look."), .. calls]));

        var (updates, failure) = await trial.StreamAsync();
        var (cut, broken) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
        Assert.Equal(
            [("call_1", "weather", """{"city":"Bern"}"""), ("call_2", "time", "{}")],
            updates[^1].Contents.OfType<FunctionCallContent>().Select(call => (call.CallId, call.Name, ToolArguments.Write(call.Arguments))));
        Assert.Equal(ProviderErrorKind.Network, broken?.Error.Kind);
        Assert.Empty(cut.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task A_call_without_a_name_or_too_many_of_them_are_no_answer()
    {
        await using var trial = await StartAsync();
        var flood = Enumerable.Range(0, ToolCallBuilder.MostCalls + 1).SelectMany(index => FakeResponsesEvents.Call(index, $"call_{index}", "weather", "{}"));
        trial.Server.Enqueue(
            FakeOpenAiReply.Events([.. FakeResponsesEvents.Call(0, "call_1", null, "{}"), FakeResponsesEvents.Completed(1)]),
            FakeOpenAiReply.Events([.. flood, FakeResponsesEvents.Completed(1)]));

        for (var reply = 0; reply < 2; reply++)
        {
            var (_, failure) = await trial.StreamAsync();
            Assert.Equal(ProviderErrorKind.Malformed, failure?.Error.Kind);
        }
    }

    private static Task<OpenAiTrial> StartAsync() => OpenAiTrial.StartAsync(api: ModelProviderConfig.OpenAiResponses);
}
