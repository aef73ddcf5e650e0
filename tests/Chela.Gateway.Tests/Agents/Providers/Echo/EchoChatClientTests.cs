using Chela.Gateway.Agents.Providers.Echo;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.Echo;

[Trait("Requirement", "G5")]
[Trait("Requirement", "G2")]
public sealed class EchoChatClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("hello  there\n\nworld ", "hello  |there\n\n|world ")]
    [InlineData("  leading space", "  leading |space")]
    [InlineData("   ", "   ")]
    [InlineData("", "")]
    [InlineData("smile 😀 now", "smile |😀 |now")]
    public async Task The_last_user_message_comes_back_word_by_word(string message, string expected)
    {
        var updates = await ReplyAsync(new EchoChatClient(TimeProvider.System), message);

        Assert.Equal(expected, string.Join('|', updates.SkipLast(1).Select(update => update.Text)));
        Assert.Equal(message, string.Concat(updates.Select(update => update.Text)));
    }

    [Fact]
    public async Task The_last_update_has_the_finish_reason_and_counts_words()
    {
        ChatMessage[] conversation =
        [
            new(ChatRole.System, "Be brief."), new(ChatRole.User, "one"), new(ChatRole.Assistant, "one"), new(ChatRole.User, "two words"),
            new(ChatRole.Assistant, "unfinished"),
        ];

        var reply = await new EchoChatClient(TimeProvider.System).GetResponseAsync(conversation, cancellationToken: Ct);

        Assert.Equal("two words", reply.Text);
        Assert.Equal(ChatFinishReason.Stop, reply.FinishReason);
        Assert.Equal(7, reply.Usage?.InputTokenCount);
        Assert.Equal(2, reply.Usage?.OutputTokenCount);
        Assert.Equal(9, reply.Usage?.TotalTokenCount);
    }

    [Fact]
    public async Task A_delay_of_the_client_lies_between_words()
    {
        var clock = new WaitRecorder(ends: true);

        await ReplyAsync(new EchoChatClient(clock, TimeSpan.FromMilliseconds(7)), "three short words");

        Assert.Equal([7, 7], clock.Waits.Select(wait => wait.TotalMilliseconds));
    }

    [Theory]
    [InlineData("/slow 50 hello there", "hello there", "50 50")]
    [InlineData("/slow 6000 hi", "hi", "5000")]
    [InlineData("/slow 99999999999 hi", "hi", "5000")]
    [InlineData("/slow 0 at once", "at once", "")]
    [InlineData("/slow 50 ", "", "")]
    [InlineData("/slow soon hi", "/slow soon hi", "")]
    [InlineData("/slow -5 hi", "/slow -5 hi", "")]
    [InlineData("/slow 50", "/slow 50", "")]
    [InlineData("/slowly 50 hi", "/slowly 50 hi", "")]
    public async Task A_slow_message_waits_before_each_word_and_echoes_the_rest(string message, string expected, string waits)
    {
        var clock = new WaitRecorder(ends: true);

        var updates = await ReplyAsync(new EchoChatClient(clock), message);

        Assert.Equal(expected, string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(waits, string.Join(' ', clock.Waits.Select(wait => wait.TotalMilliseconds)));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_between_words()
    {
        var clock = new WaitRecorder(ends: false);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var reply = ReplyAsync(new EchoChatClient(clock), "/slow 5000 never said", abort.Token);
        await clock.Waiting.WaitAsync(Ct);
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
    }

    private static async Task<List<ChatResponseUpdate>> ReplyAsync(EchoChatClient client, string message, CancellationToken? ct = null)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(message, cancellationToken: ct ?? Ct))
        {
            updates.Add(update);
        }

        return updates;
    }
}
