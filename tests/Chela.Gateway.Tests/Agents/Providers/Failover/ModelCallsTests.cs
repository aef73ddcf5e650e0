using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents.Providers.Failover;

[Trait("Requirement", "G5")]
[Trait("Requirement", "O3")]
public sealed class ModelCallsTests : IAsyncLifetime
{
    private static readonly ModelRef Wanted = new("a", "big");
    private static readonly ModelRef Fallback = new("b", "small");

    private readonly HttpClient _http = ProviderHttp.CreateClient();
    private readonly WaitRecorder _time = new(ends: true);
    private FakeOpenAi _first = null!;
    private FakeOpenAi _second = null!;
    private ModelCalls _calls = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_first, _second) = (await FakeOpenAi.StartAsync(Ct), await FakeOpenAi.StartAsync(Ct));
        var models = TestModels.Read(new ChelaConfig
        {
            Models = new()
            {
                Providers = new Dictionary<string, ModelProviderConfig>
                {
                    ["a"] = new() { BaseUrl = _first.BaseUrl },
                    ["b"] = new() { BaseUrl = _second.BaseUrl },
                },
            },
        });
        _calls = new ModelCalls(new ProviderCatalog(models, TimeProvider.System, () => _http), new ModelHealth(_time), _time, NullLogger<ModelCalls>.Instance);
        _second.Enqueue(FakeOpenAiReply.Text("It is ", "the second."));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task A_model_that_is_overloaded_for_a_moment_is_asked_again()
    {
        _first.Enqueue(Failure(503), Failure(529), FakeOpenAiReply.Text("Here I am."));

        Assert.Equal((Wanted, "Here I am."), await AskAsync());
        Assert.Equal(2, _time.Waits.Count);
        Assert.Empty(_second.Requests);
    }

    [Theory]
    [InlineData(503, 3)]
    [InlineData(429, 3)]
    [InlineData(401, 1)]
    [InlineData(402, 1)]
    [InlineData(404, 1)]
    [InlineData(400, 1)]
    public async Task A_model_that_goes_on_failing_is_replaced(int status, int attempts)
    {
        _first.Enqueue([.. Enumerable.Repeat(Failure(status), attempts)]);

        Assert.Equal((Fallback, "It is the second."), await AskAsync());
        Assert.Equal(attempts, _first.Requests.Count);
    }

    [Fact]
    public async Task A_model_that_failed_is_passed_over_the_next_time()
    {
        _first.Enqueue(Failure(401));
        _second.Enqueue(FakeOpenAiReply.Text("Me again."));

        await AskAsync();

        Assert.Equal((Fallback, "Me again."), await AskAsync());
        Assert.Single(_first.Requests);
    }

    [Fact]
    public async Task A_refused_request_is_not_held_against_the_model()
    {
        _first.Enqueue(Failure(400), FakeOpenAiReply.Text("This one I take."));

        Assert.Equal(Fallback, (await AskAsync()).Model);
        Assert.Equal((Wanted, "This one I take."), await AskAsync());
    }

    [Theory]
    [InlineData("7", 2, 7)]
    [InlineData("60", 1, null)]
    public async Task A_wait_that_the_provider_asks_for_is_kept_or_not_waited_for(string retryAfter, int attempts, int? seconds)
    {
        _first.Enqueue(FakeOpenAiReply.Failure(429, "rate_limit", "slow down", retryAfter), FakeOpenAiReply.Text("Here I am."));

        Assert.Equal(attempts == 2 ? Wanted : Fallback, (await AskAsync()).Model);
        Assert.Equal(attempts, _first.Requests.Count);
        Assert.Equal(seconds is { } s ? [TimeSpan.FromSeconds(s)] : [], _time.Waits);
    }

    [Theory]
    [InlineData("context_length_exceeded", nameof(ProviderErrorKind.ContextTooLong))]
    [InlineData("content_policy_violation", nameof(ProviderErrorKind.ContentRefused))]
    public async Task What_the_conversation_is_at_fault_for_is_told_at_once(string code, string kind)
    {
        _first.Enqueue(FakeOpenAiReply.Failure(400, code, "no"));

        var refusal = await Assert.ThrowsAsync<ProviderException>(AskAsync);

        Assert.Equal(kind, refusal.Error.Kind.ToString());
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task An_answer_that_was_told_in_part_is_not_begun_anew()
    {
        _first.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Role(), FakeOpenAiChunks.Delta("Half an ")));

        var refusal = await Assert.ThrowsAsync<ProviderException>(AskAsync);

        Assert.Equal(ProviderErrorKind.Network, refusal.Error.Kind);
        Assert.Single(_first.Requests);
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task A_stream_that_breaks_before_its_first_word_is_asked_for_again()
    {
        _first.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Role()), FakeOpenAiReply.Text("Whole."));

        Assert.Equal((Wanted, "Whole."), await AskAsync());
    }

    [Fact]
    public async Task When_nobody_answers_the_wanted_models_reason_is_told()
    {
        _first.Enqueue(Failure(401));
        _second.Enqueue([.. Enumerable.Repeat(Failure(500), 3)]);
        await AskAsync(); // takes the answer that was there

        _first.Enqueue(Failure(401));
        var refusal = await Assert.ThrowsAsync<ProviderException>(AskAsync);

        Assert.Equal(4 + 2, _first.Requests.Count + _second.Requests.Count);
        Assert.EndsWith("None of 2 models answered.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_provider_is_passed_over()
    {
        var updates = await _calls.AskAsync([new("gone", "x"), Fallback], [new(ChatRole.User, "Hi")], null, Ct).ToListAsync(Ct);

        Assert.Equal(Fallback, updates[0].Model);
    }

    private static FakeOpenAiReply Failure(int status) => FakeOpenAiReply.Failure(status, "code", "no");

    private async Task<(ModelRef Model, string Text)> AskAsync()
    {
        var updates = await _calls.AskAsync([Wanted, Fallback], [new(ChatRole.User, "Hi")], null, Ct).ToListAsync(Ct);
        return (Assert.Single(updates.Select(update => update.Model).Distinct()), string.Concat(updates.Select(update => update.Update.Text)));
    }
}
