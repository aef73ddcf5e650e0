using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

/// <summary>An answer that comes bit by bit does so in both of OpenAI's interfaces.</summary>
public abstract class OpenAiStreamTests(string api)
{
    /// <summary>A fraction of a second in truth; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deltas_arrive_one_by_one_and_the_last_update_has_usage_and_finish_reason()
    {
        await using var trial = await OpenAiTrial.StartAsync(api: api);
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
        await using var trial = await OpenAiTrial.StartAsync(api: api);
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
    public async Task Cancelling_before_the_first_token_promptly_ends_the_request_at_the_server()
    {
        await using var trial = await OpenAiTrial.StartAsync(api: api);
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
        await using var trial = await OpenAiTrial.StartAsync(api: api);
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
        await using var trial = await OpenAiTrial.StartAsync(api: api);
        trial.Server.Enqueue(FakeOpenAiReply.Held(new TaskCompletionSource().Task, "first ", "never"));

        await foreach (var update in trial.Client.GetStreamingResponseAsync("Hi", cancellationToken: Ct))
        {
            Assert.Equal("first ", update.Text);
            break;
        }

        await (await trial.Server.NextRequestAsync(Ct)).Aborted.WaitAsync(Promptly, Ct);
    }
}
