using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.OpenAi;
using Chela.Gateway.Agents.Providers.OpenAi.Responses;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

/// <summary>What goes wrong is the same failure in both of OpenAI's interfaces.</summary>
public abstract class OpenAiFailureTests(string api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, "invalid_api_key", null, "The model provider refused the API key (401). Check OPENAI_API_KEY (models.providers.openai.apiKey).")]
    [InlineData(429, "rate_limit_exceeded", "20", "The model provider is rate limiting requests (429); retry in 20 s.")]
    [InlineData(429, "rate_limit_exceeded", null, "The model provider is rate limiting requests (429); retry later.")]
    [InlineData(429, "insufficient_quota", "20", "The model provider's account has no credit left (429). Check its plan and billing.")]
    [InlineData(500, "server_error", null, "The model provider is overloaded or failing (500); retry later.")]
    [InlineData(400, "context_length_exceeded", null, "The conversation is too long for the model (400). Start a new session or send less text.")]
    [InlineData(400, "invalid_api_key", null, "The model provider rejected the request (400).")]
    [InlineData(404, "model_not_found", null, "The model provider does not know this model or address (404). Check the model's name and OPENAI_BASE_URL (models.providers.openai.baseUrl).")]
    public async Task A_refusal_becomes_one_sentence_after_one_attempt(int status, string code, string? retryAfter, string expected)
    {
        await using var trial = await OpenAiTrial.StartAsync(api: api);
        var refusal = FakeOpenAiReply.Failure(status, code, $"Incorrect key {OpenAiTrial.Key} in secret-detail", retryAfter);
        trial.Server.Enqueue(refusal, refusal);

        var (_, failure) = await trial.StreamAsync();
        var whole = await Assert.ThrowsAsync<ProviderException>(() => trial.Client.GetResponseAsync("Hi", cancellationToken: Ct));

        Assert.Equal(expected, failure?.Message);
        Assert.Equal(expected, whole.Message);
        Assert.Equal(status, whole.Error.HttpStatus);
        Assert.Equal(retryAfter is null ? null : TimeSpan.FromSeconds(20), whole.Error.RetryAfter);
        Assert.Equal(2, trial.Server.Requests.Count);
        Assert.DoesNotContain("canary", failure?.ToString() + whole, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-detail", failure?.ToString() + whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_body_without_end_is_read_only_so_far()
    {
        await using var trial = await OpenAiTrial.StartAsync(api: api);
        trial.Server.Enqueue(FakeOpenAiReply.FailureBody(503, new string('x', 4 * 1024 * 1024)));

        var (_, failure) = await trial.StreamAsync();

        Assert.Equal(ProviderErrorKind.Overload, failure?.Error.Kind);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_network_failure_without_the_key()
    {
        await using var trial = await OpenAiTrial.StartAsync(api: api);
        await trial.Server.DisposeAsync();

        var (_, failure) = await trial.StreamAsync();

        Assert.Equal("The connection to the model provider failed or broke off. Check OPENAI_BASE_URL (models.providers.openai.baseUrl) and the network.", failure?.Message);
        Assert.DoesNotContain("canary", failure?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up()
    {
        await using var server = await FakeOpenAi.StartAsync(Ct);
        server.Enqueue(FakeOpenAiReply.Silence(), FakeOpenAiReply.Held(new TaskCompletionSource().Task, "first ", "never"));
        using var http = ProviderHttp.CreateClient();
        var connection = new OpenAiConnection(TestModels.OpenAi(null, server.BaseUrl).Providers[0], http, TimeProvider.System, TimeSpan.FromMilliseconds(200));
        using IChatClient client = api == ModelProviderConfig.OpenAiResponses ? new ResponsesChatClient(connection, "fake-1") : new OpenAiChatClient(connection, "fake-1");

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var failure = await Assert.ThrowsAsync<ProviderException>(
                () => client.GetStreamingResponseAsync("Hi", cancellationToken: Ct).ToChatResponseAsync(Ct));

            Assert.Equal("timeout", failure.Error.ChatErrorKind);
            Assert.Equal("The model provider did not answer in time; retry later.", failure.Message);
        }
    }

    [Fact]
    public async Task A_cut_whole_answer_is_a_failure()
    {
        await using var trial = await OpenAiTrial.StartAsync(api: api);
        trial.Server.Enqueue(
            FakeOpenAiReply.Cut("half"), FakeOpenAiReply.Body("""{"choices":[{"mess"""), FakeOpenAiReply.Body("""{"choices":[]}"""));

        var kinds = new List<ProviderErrorKind>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var failure = await Assert.ThrowsAsync<ProviderException>(() => trial.Client.GetResponseAsync("Hi", cancellationToken: Ct));
            kinds.Add(failure.Error.Kind);
        }

        Assert.Equal([ProviderErrorKind.Network, ProviderErrorKind.Malformed, ProviderErrorKind.Malformed], kinds);
    }
}

[Trait("Requirement", "G5")]
public sealed class CompletionsFailureTests() : OpenAiFailureTests(ModelProviderConfig.OpenAiCompletions);

[Trait("Requirement", "G5")]
public sealed class ResponsesFailureTests() : OpenAiFailureTests(ModelProviderConfig.OpenAiResponses);
