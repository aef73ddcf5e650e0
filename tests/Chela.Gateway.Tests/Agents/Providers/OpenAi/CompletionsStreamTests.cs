using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

[Trait("Requirement", "G5")]
[Trait("Requirement", "G2")]
public sealed class CompletionsStreamTests() : OpenAiStreamTests(ModelProviderConfig.OpenAiCompletions)
{
    [Fact]
    public async Task A_stream_without_usage_or_finish_reason_is_complete_by_its_end_mark()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events("""{"choices":[{"delta":{"content":"ok"}}]}""", "[DONE]"));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        var reply = updates.ToChatResponse();
        Assert.Equal(("ok", ChatFinishReason.Stop), (reply.Text, reply.FinishReason));
        Assert.Null(reply.Usage);
    }

    [Fact]
    public async Task A_stream_with_a_finish_reason_is_complete_without_an_end_mark()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("cut short"), FakeOpenAiChunks.Finish("length")));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
    }

    [Fact]
    public async Task Comments_empty_choices_unknown_fields_and_odd_values_are_tolerated()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        const string Stream = """
            : PROCESSING

            event: message
            id: 7
            data:{"choices":[],"prompt_filter_results":[{}],"created":1.5}

            data: {"choices":[{"delta":{"role":"robot","content":null,"reasoning":"hm"},"finish_reason":"","logprobs":{}}],"error":null}

            data: {"choices":[{"delta":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"fine"}]}}],"x_groq":{}}

            : keep-alive

            data: {"choices":[{"delta":{},"finish_reason":"eos"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.1}}

            data: [DONE]
            """;
        trial.Server.Enqueue(FakeOpenAiReply.Body(Stream.ReplaceLineEndings("\r\n")));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        var reply = updates.ToChatResponse();
        Assert.Equal(("fine", ChatFinishReason.Stop, 3L), (reply.Text, reply.FinishReason, reply.Usage?.TotalTokenCount));
    }
}
