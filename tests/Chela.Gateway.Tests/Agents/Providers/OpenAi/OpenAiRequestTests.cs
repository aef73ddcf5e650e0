using System.Text.Json;
using Chela.Gateway.Agents.Providers;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

[Trait("Requirement", "G5")]
public sealed class OpenAiRequestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conversation_and_options_reach_the_server()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        ChatMessage[] conversation =
        [
            new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi"), new(ChatRole.Assistant, ""),
            new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("Hello")]), new(ChatRole.User, "Again"),
        ];
        var options = new ChatOptions { Instructions = "Rules.", Temperature = 0.5f, MaxOutputTokens = 9, StopSequences = ["END"] };

        var reply = await trial.Client.GetResponseAsync(conversation, options, Ct);

        var request = Assert.Single(trial.Server.Requests);
        Assert.Equal("Hello from the fake.", reply.Text);
        Assert.Equal((ChatFinishReason.Stop, 6L), (reply.FinishReason, reply.Usage?.TotalTokenCount));
        Assert.Equal(["system: Rules.", "system: Be brief.", "user: Hi", "assistant: Hello", "user: Again"], request.Messages);
        Assert.Equal("fake-1", request.Model);
        Assert.Equal("Bearer " + OpenAiTrial.Key, request.Headers["Authorization"]);
        Assert.Equal(0.5, request.Body.GetProperty("temperature").GetDouble());
        Assert.Equal(9, request.Body.GetProperty("max_tokens").GetInt32());
        Assert.Equal("END", request.Body.GetProperty("stop")[0].GetString());
    }

    [Fact]
    public async Task What_is_not_set_is_not_sent_and_a_stream_asks_for_usage()
    {
        await using var trial = await OpenAiTrial.StartAsync();

        await trial.StreamAsync();

        Assert.Equal(
            """{"model":"fake-1","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}}""",
            JsonSerializer.Serialize(Assert.Single(trial.Server.Requests).Body));
    }

    [Fact]
    public async Task The_options_may_name_another_model()
    {
        await using var trial = await OpenAiTrial.StartAsync();

        await trial.Client.GetResponseAsync("Hi", new ChatOptions { ModelId = "other" }, Ct);

        Assert.Equal("other", Assert.Single(trial.Server.Requests).Model);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task The_base_address_may_be_written_in_any_common_way(string path)
    {
        await using var trial = await OpenAiTrial.StartAsync(path: path);

        var (_, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal("/v1/chat/completions", Assert.Single(trial.Server.Requests).Path);
    }

    [Theory]
    [InlineData("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1")]
    [InlineData("https://host/v1beta/openai", "https://host/v1beta/openai")]
    public void A_path_is_kept_as_given(string text, string expected)
    {
        Assert.Equal(new Uri(expected), ProviderEndpoint.TryParse(text, ProviderApi.OpenAiCompletions));
    }

    [Theory]
    [InlineData("https://api.openai.com", true)]
    [InlineData("https://mine.openai.azure.com/openai/v1", true)]
    [InlineData("http://localhost:11434", false)]
    public void Only_openai_is_told_the_limit_under_its_new_name(string url, bool expected)
    {
        Assert.Equal(expected, ProviderEndpoint.LimitsCompletionTokens(ProviderEndpoint.TryParse(url, ProviderApi.OpenAiCompletions)!));
    }

    [Fact]
    public async Task A_local_server_needs_no_key()
    {
        await using var trial = await OpenAiTrial.StartAsync(key: null);

        var (_, failure) = await trial.StreamAsync();

        Assert.Null(failure);
    }

    [Fact]
    public async Task Connections_are_used_again()
    {
        await using var trial = await OpenAiTrial.StartAsync();

        await trial.StreamAsync();
        await trial.StreamAsync();

        Assert.Single(trial.Server.Requests.Select(request => request.ConnectionId).Distinct());
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_and_never_dropped_in_silence()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        var sound = new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "audio/wav")]);
        var tools = new ChatOptions { Tools = [new HostedWebSearchTool()] };

        await Assert.ThrowsAsync<NotSupportedException>(() => trial.Client.GetResponseAsync([sound], cancellationToken: Ct));
        await Assert.ThrowsAsync<NotSupportedException>(() => trial.Client.GetResponseAsync("Hi", tools, Ct));

        Assert.Empty(trial.Server.Requests);
    }
}
