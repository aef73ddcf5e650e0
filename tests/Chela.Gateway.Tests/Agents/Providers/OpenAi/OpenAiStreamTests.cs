using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

[Trait("Requirement", "G5")]
[Trait("Requirement", "G2")]
public sealed class OpenAiStreamTests
{
    /// <summary>A fraction of a second in truth; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deltas_arrive_one_by_one_and_the_last_update_has_usage_and_finish_reason()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Text("Hel", "lo ", "😀"));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal(["Hel", "lo ", "😀", ""], updates.Select(update => update.Text));
        var reply = updates.ToChatResponse();
        Assert.Equal(ChatFinishReason.Stop, reply.FinishReason);
        var usage = Assert.IsType<UsageDetails>(reply.Usage);
        Assert.Equal((5, 3, 8, 2), (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount, usage.CachedInputTokenCount));
    }

    [Fact]
    public async Task A_delta_is_handed_on_before_the_next_exists()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        var gate = new TaskCompletionSource();
        trial.Server.Enqueue(FakeOpenAiReply.Held(gate.Task, "first ", "second"));

        var texts = new List<string>();
        await foreach (var update in trial.Client.GetStreamingResponseAsync("Hi", cancellationToken: Ct))
        {
            texts.Add(update.Text);
            gate.TrySetResult();
        }

        Assert.Equal(["first ", "second", ""], texts);
    }

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

    [Fact]
    public async Task Cancelling_before_the_first_token_promptly_ends_the_request_at_the_server()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Silence());
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var reply = trial.Client.GetStreamingResponseAsync("Hi", cancellationToken: abort.Token).ToChatResponseAsync(Ct);
        var request = await trial.Server.NextRequestAsync(Ct);
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
        await request.Aborted.WaitAsync(Promptly, Ct);
    }

    [Fact]
    public async Task Cancelling_between_tokens_promptly_ends_the_request_at_the_server()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "first ", "never"));
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in trial.Client.GetStreamingResponseAsync("Hi", cancellationToken: abort.Token))
            {
                Assert.Equal("first ", update.Text);
                await abort.CancelAsync();
            }
        });

        await (await trial.Server.NextRequestAsync(Ct)).Aborted.WaitAsync(Promptly, Ct);
    }

    [Fact]
    public async Task Leaving_the_stream_early_ends_the_request_at_the_server()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "first ", "never"));

        await foreach (var update in trial.Client.GetStreamingResponseAsync("Hi", cancellationToken: Ct))
        {
            Assert.Equal("first ", update.Text);
            break;
        }

        await (await trial.Server.NextRequestAsync(Ct)).Aborted.WaitAsync(Promptly, Ct);
    }
}
