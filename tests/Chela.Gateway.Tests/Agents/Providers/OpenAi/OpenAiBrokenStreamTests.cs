using System.Text;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.OpenAi;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

[Trait("Requirement", "G5")]
[Trait("Requirement", "G2")]
public sealed class OpenAiBrokenStreamTests
{
    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_is_a_failure()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Cut("half an "));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Equal(ProviderErrorKind.Network, failure?.Error.Kind);
        Assert.DoesNotContain(updates, update => update.FinishReason is not null);
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"half an \"}}]}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"half an \"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"cont")]
    public async Task A_stream_that_ends_in_the_middle_hands_on_its_text_and_fails(string body)
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Body(body));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Equal(["half an "], updates.Select(update => update.Text));
        Assert.Equal(ProviderErrorKind.Network, failure?.Error.Kind);
    }

    [Theory]
    [InlineData("{not json")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"choices\":\"none\"}")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":5}}]}")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":[{\"text\":\"\\ud83d\"}]}}]}")]
    public async Task Garbage_in_the_stream_is_a_failure(string data)
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("good "), data, FakeOpenAiChunks.Finish("stop"), "[DONE]"));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Equal(["good "], updates.Select(update => update.Text));
        Assert.Equal(ProviderErrorKind.Malformed, failure?.Error.Kind);
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("")]
    [InlineData(": only comments\n\n")]
    public async Task An_answer_that_is_no_event_stream_cannot_be_read(string body)
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Body(body, "text/html"));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Empty(updates);
        Assert.Equal(ProviderErrorKind.Malformed, failure?.Error.Kind);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Rate limit","code":429}}""", nameof(ProviderErrorKind.Rate), 429)]
    [InlineData("""{"object":"error","message":"The context length is 10","code":400}""", nameof(ProviderErrorKind.ContextTooLong), 400)]
    [InlineData("""{"choices":[{"delta":{"content":""},"finish_reason":"error"}]}""", nameof(ProviderErrorKind.Unknown), null)]
    public async Task An_error_inside_the_stream_is_a_failure_of_its_kind(string data, string kind, int? status)
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("good "), data, "[DONE]"));

        var (_, failure) = await trial.StreamAsync();

        Assert.Equal((kind, status), (failure?.Error.Kind.ToString(), failure?.Error.HttpStatus));
    }

    [Fact]
    public async Task A_reply_that_the_filter_removed_whole_is_a_refusal()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Role(), FakeOpenAiChunks.Finish("content_filter"), "[DONE]"));

        var (_, failure) = await trial.StreamAsync();

        Assert.Equal("refusal", failure?.Error.ChatErrorKind);
    }

    [Fact]
    public async Task An_endless_line_is_refused_instead_of_filling_the_memory()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Body("data: " + new string('x', 3 * EventData.LongestLine)));

        var (_, failure) = await trial.StreamAsync();

        Assert.Equal(ProviderErrorKind.Malformed, failure?.Error.Kind);
    }

    [Fact]
    public async Task Events_are_found_wherever_the_network_cuts_the_bytes()
    {
        var bytes = Encoding.UTF8.GetBytes(": hi\r\n\r\ndata: one\r\n\r\ndata:two\n\n\ndata: \n\ndata: [DONE]");
        using var events = new EventData(new OneByteStream(bytes));

        var found = new List<string>();
        while (await events.NextAsync(TestContext.Current.CancellationToken) is { } data)
        {
            found.Add(Encoding.UTF8.GetString(data));
        }

        Assert.Equal(["one", "two", "[DONE]"], found);
    }

    /// <summary>Hands out one byte per read.</summary>
    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..1], cancellationToken);
    }
}
